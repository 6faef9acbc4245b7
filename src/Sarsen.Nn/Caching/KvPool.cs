using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn;

/// <summary>The sizes of what a model caches of a token.</summary>
/// <param name="Layers">Layers with attention.</param>
/// <param name="KvHeads">Heads of keys and values in each.</param>
/// <param name="HeadDim">Elements of a head.</param>
public readonly record struct KvShape(int Layers, int KvHeads, int HeadDim);

/// <summary>How cached keys and values are stored; attention computes in f32.</summary>
public enum KvType
{
    /// <summary>Exactly.</summary>
    F32,

    /// <summary>Rounded to half precision: half the memory.</summary>
    F16,

    /// <summary>In eight bits with a scale for each 32 elements of a head, whose size is a multiple of that: 17 / 64 of the memory. The numbers of GGUF's Q8_0.</summary>
    Q8_0,
}

/// <summary>
/// Memory for the keys and values of sequences, in blocks of <see cref="BlockPositions"/> positions through all layers.
/// Which block holds what, its users know: a <see cref="KvSequence"/>, or a scheduler that shares blocks between sequences.
/// Blocks may be taken and given back by any thread.
/// </summary>
public sealed class KvPool
{
    /// <summary>Positions of a block.</summary>
    public const int BlockPositions = KvBlocks.Positions;

    private readonly Lock _gate = new();
    private readonly TensorOwner _owner = new("a KvPool");
    private readonly Tensor[] _layers;
    private readonly int[] _free;
    private readonly bool[] _taken;
    private int _freeCount;

    /// <param name="shape">What the model caches.</param>
    /// <param name="type">How.</param>
    /// <param name="blocks">How many blocks: each holds <see cref="BlockPositions"/> tokens.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below one, or heads are larger than attention allows.</exception>
    /// <exception cref="NotSupportedException">Heads are no multiple of the 32 elements that <see cref="KvType.Q8_0"/> gives a scale.</exception>
    /// <exception cref="OutOfMemoryException">One layer of so many blocks exceeds 2 GiB.</exception>
    public KvPool(KvShape shape, KvType type, int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.Layers, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.KvHeads, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(shape.HeadDim, 1, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shape.HeadDim, Attention.MaxHeadDim, nameof(shape));
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        if (type == KvType.Q8_0 && shape.HeadDim % KvGroups.Elements != 0)
            throw new NotSupportedException($"a cache in q8_0 has a scale for each {KvGroups.Elements} elements of a head, and heads of {shape.HeadDim} are no multiple of that: cache them in f16");
        DType element = type switch { KvType.F32 => DType.F32, KvType.F16 => DType.F16, KvType.Q8_0 => DType.I8, _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a KvType") };
        (Shape, Type, Blocks) = (shape, type, blocks);
        _layers = new Tensor[shape.Layers];
        for (int i = 0; i < shape.Layers; i++)
            _layers[i] = _owner.New(element, new Shape(blocks, shape.KvHeads, 2, KvBlocks.TileElements(element.Size(), shape.HeadDim)));
        (_free, _taken, _freeCount) = (new int[blocks], new bool[blocks], blocks);
        for (int i = 0; i < blocks; i++)
            _free[i] = blocks - 1 - i;
    }

    public KvShape Shape { get; }

    public KvType Type { get; }

    public int Blocks { get; }

    /// <summary>Blocks that nobody has taken.</summary>
    public int FreeBlocks
    {
        get
        {
            lock (_gate)
                return _freeCount;
        }
    }

    /// <summary>Bytes of all blocks.</summary>
    public long Bytes => _owner.Bytes;

    /// <summary>Blocks that so many tokens need.</summary>
    public static int BlocksFor(long tokens) => checked((int)((tokens + BlockPositions - 1) / BlockPositions));

    /// <summary>Takes a block; false when all are taken.</summary>
    public bool TryTake(out int block)
    {
        lock (_gate)
        {
            block = _freeCount == 0 ? -1 : _free[--_freeCount];
            if (block >= 0)
                _taken[block] = true;
            return block >= 0;
        }
    }

    /// <summary>Gives a block back.</summary>
    /// <exception cref="InvalidOperationException">It was not taken.</exception>
    public void Return(int block)
    {
        lock (_gate)
        {
            if ((uint)block >= (uint)Blocks || !_taken[block])
                throw new InvalidOperationException($"block {block} of the {Blocks} of this pool was not taken: it cannot be given back");
            _taken[block] = false;
            _free[_freeCount++] = block;
        }
    }

    /// <summary>Gives the memory back, now or when the last lease ends; sequences in it are lost.</summary>
    public void Release() => _owner.Release();

    /// <summary>The tiles of one layer: (blocks, kvHeads, 2, positions · headDim), in I8 with their scales.</summary>
    internal Tensor Layer(int layer) => _layers[layer];
}
