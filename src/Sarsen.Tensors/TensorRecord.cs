namespace Sarsen.Tensors;

/// <summary>
/// What a table knows of one tensor. The handle's generation must equal this one's: a slot that is given back
/// gets the next generation, so every older handle is found stale.
/// </summary>
internal unsafe struct TensorRecord
{
    public int Generation;
    public DType DType;
    public bool RequiresGrad;

    /// <summary>Does this slot hold a tensor now.</summary>
    public bool Live;

    public Shape Shape;

    /// <summary>Steps in elements.</summary>
    public Shape Strides;

    public byte* Data;

    /// <summary>Whose storage this is: the tensor itself, or what it is a view of. Its record counts the writes.</summary>
    public TensorTable Base;
    public int BaseSlot;

    /// <summary>Writes in place to this storage; the tape compares it with what it saw.</summary>
    public int Version;

    /// <summary>The storage's place in the arena, for records that own theirs.</summary>
    public long Offset;
    public long Bytes;

    /// <summary>The tape node that made it, or -1.</summary>
    public int Node;

    /// <summary>While backward runs: the gradient of a result, contiguous, in the arena's heap.</summary>
    public byte* GradData;
    public long GradOffset;

    /// <summary>The gradient of a leaf, which outlives the step; it counts once backward has written it.</summary>
    public Tensor Grad;
    public bool GradSet;

    /// <summary>Who gave the memory back, for the message of a stale use.</summary>
    public string? ReleasedBy;
}
