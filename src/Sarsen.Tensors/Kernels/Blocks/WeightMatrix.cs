using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A weight (outputs, inputs) held once, in the order in which products read it, of whatever element type or block layout.
/// It is not trained: nobody writes it after it was filled, and any thread may use it.
/// </summary>
public abstract unsafe class WeightMatrix : IDisposable
{
    /// <summary>
    /// Bytes of weights that are worth a chunk of work with one row of inputs, and what is best: where memory is read in longer
    /// stretches, less is fetched ahead in vain.
    /// </summary>
    private const long LeastChunkBytes = 1 << 16, MostChunkBytes = 1 << 19;

    private protected WeightMatrix(long outputs, long inputs)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(outputs, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(inputs, 1);
        (Outputs, Inputs) = (outputs, inputs);
    }

    public long Outputs { get; }

    public long Inputs { get; }

    /// <summary>Bytes of memory.</summary>
    public abstract long Bytes { get; }

    /// <summary>Bytes of scratch memory of <see cref="Multiply"/>.</summary>
    public abstract long WorkspaceBytes(long rows, Workers workers);

    /// <summary>y = x Wᵀ + b.</summary>
    /// <param name="x">(rows, inputs).</param>
    /// <param name="bias">(outputs), or null.</param>
    /// <param name="y">(rows, outputs), overwritten; <paramref name="rowStride"/> elements from row to row.</param>
    /// <param name="rowStride">At least the outputs.</param>
    /// <param name="rows">Zero or more.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public abstract void Multiply(float* x, float* bias, float* y, nint rowStride, long rows, Workers workers, byte* workspace);

    /// <summary>Rows as f32: y[i] = w[ids[i]].</summary>
    /// <param name="ids">Each in 0 … <see cref="Outputs"/> - 1.</param>
    /// <param name="count">How many.</param>
    /// <param name="y">(count, inputs).</param>
    public abstract void Gather(long* ids, long count, float* y);

    /// <summary>Gives the memory back.</summary>
    public abstract void Dispose();

    /// <summary>Bytes of a chunk of work of so many.</summary>
    private protected static long ChunkBytesOf(long bytes, Workers workers) => Math.Clamp(bytes / workers.Count, LeastChunkBytes, MostChunkBytes);
}
