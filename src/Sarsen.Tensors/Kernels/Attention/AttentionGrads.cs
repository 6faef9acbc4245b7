namespace Sarsen.Tensors.Kernels;

/// <summary>What attention's backward reads and writes, beside what forward read and wrote.</summary>
public unsafe struct AttentionGrads<T> where T : unmanaged
{
    /// <summary>The forward's arguments, with Y and LogSumExp as it left them.</summary>
    public AttentionArgs<T> Of;

    /// <summary>The gradient of Y, without gaps.</summary>
    public T* Dy;

    /// <summary>The gradients of Q, K and V, written over the rows that the spans name; null where not wanted.</summary>
    public T* Dq, Dk, Dv;

    /// <summary>From one row to the next, in elements.</summary>
    public nint DqStride, DkStride, DvStride;
}
