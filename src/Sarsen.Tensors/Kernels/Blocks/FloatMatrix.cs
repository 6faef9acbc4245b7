using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A weight of F32, F16 or BF16, packed for products, in memory with huge pages where the system has them. Products are
/// computed in f32, in the order of <see cref="MatMul"/> and with its bits.
/// </summary>
public sealed unsafe class FloatMatrix : WeightMatrix
{
    /// <summary>Up to so many rows a product is bound by reading the weight, which is then widened in registers.</summary>
    private const int FewRows = 4;

    private readonly NativeBuffer _memory;
    private readonly DType _type;

    /// <exception cref="ArgumentException">The type is another.</exception>
    public FloatMatrix(long outputs, long inputs, DType type) : base(outputs, inputs)
    {
        if (type is not (DType.F32 or DType.F16 or DType.BF16))
            throw new ArgumentException($"weights of F32, F16 or BF16 are packed, not of {type}", nameof(type));
        _type = type;
        _memory = NativeBuffer.Allocate(PackedMatrix.Bytes((nint)outputs, (nint)inputs, type));
    }

    public override long Bytes => _memory.Bytes;

    private int Width => MicroKernels.Best.PanelColumns;

    /// <summary>Writes a row; different rows may be written by different threads.</summary>
    /// <param name="row">0 to <see cref="WeightMatrix.Outputs"/> - 1.</param>
    /// <param name="elements">Of the type; finite.</param>
    public void Write(long row, byte* elements)
    {
        for (nint k0 = 0, length = KBlocks.Length((nint)Inputs); k0 < (nint)Inputs; k0 += length)
        {
            nint count = nint.Min(length, (nint)Inputs - k0);
            if (_type == DType.F32)
                Place((float*)elements + k0, Panel((float*)_memory.Pointer, row, k0), count);
            else
                Place((ushort*)elements + k0, Panel((ushort*)_memory.Pointer, row, k0), count);
        }
    }

    public override void Gather(long* ids, long count, float* y)
    {
        for (long i = 0; i < count; i++)
        {
            float* to = y + (i * Inputs);
            for (nint k0 = 0, length = KBlocks.Length((nint)Inputs); k0 < (nint)Inputs; k0 += length)
            {
                nint part = nint.Min(length, (nint)Inputs - k0);
                if (_type == DType.F32)
                {
                    float* panel = Panel((float*)_memory.Pointer, ids[i], k0);
                    for (nint k = 0; k < part; k++)
                        to[k0 + k] = panel[k * Width];
                }
                else
                {
                    ushort* panel = Panel((ushort*)_memory.Pointer, ids[i], k0);
                    for (nint k = 0; k < part; k++)
                        Widening.Run(_type, panel + (k * Width), to + k0 + k, 1);
                }
            }
        }
        GC.KeepAlive(this);
    }

    public override long WorkspaceBytes(long rows, Workers workers) => MatMul.WorkspaceBytes((nint)rows, (nint)Outputs, (nint)Inputs, workers);

    public override void Multiply(float* x, float* bias, float* y, nint rowStride, long rows, Workers workers, byte* workspace)
    {
        if (_type != DType.F32 && rows <= FewRows && Width % FewRowsProduct.Columns == 0)
        {
            var few = new FewRowsProduct { X = x, Bias = bias, Y = y, RowStride = rowStride, Rows = (nint)rows, Packed = (ushort*)_memory.Pointer, Type = _type, N = (nint)Outputs, K = (nint)Inputs, HasCode = FewRowsCode.IsThere && Width == FewRowsCode.Columns };
            nint groups = ((nint)Outputs + FewRowsProduct.Columns - 1) / FewRowsProduct.Columns;
            // Two groups lie side by side.
            few.GroupsPerChunk = nint.Max(2, (nint)(ChunkBytesOf(2 * Inputs * Outputs, workers) / (2 * Inputs * FewRowsProduct.Columns)) & ~1);
            VectorChunks.For(workers, ref few, checked((int)((groups + few.GroupsPerChunk - 1) / few.GroupsPerChunk)));
        }
        else
        {
            var args = new MatMulArgs<float>(x, null, y, (nint)rows, (nint)Outputs, (nint)Inputs, transposeB: true) { Ldc = rowStride, PackedB = (float*)_memory.Pointer, PackedType = _type };
            if (bias == null)
                MatMul.Run(args, workers, workspace);
            else
                MatMul.Run(args, new ColumnBias(bias), workers, workspace);
        }
        GC.KeepAlive(this);
    }

    public override void Dispose() => _memory.Dispose();

    private T* Panel<T>(T* packed, long row, nint k0) where T : unmanaged =>
        PackedMatrix.Panel(packed, (nint)Outputs, (nint)Inputs, k0, KBlocks.Length((nint)Inputs), (nint)row / Width * Width, MicroKernels.Best) + ((nint)row % Width);

    private void Place<T>(T* from, T* to, nint count) where T : unmanaged
    {
        nint width = Width;
        for (nint k = 0; k < count; k++)
            to[k * width] = from[k];
    }
}
