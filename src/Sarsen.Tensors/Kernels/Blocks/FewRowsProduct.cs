using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A few rows by a weight of F16 or BF16 that <see cref="PackedMatrix"/> packed: the weight is widened in registers, where a
/// product of many rows does so panel by panel in memory. Sums are those of <see cref="MatMul"/>, in its order.
/// </summary>
internal unsafe struct FewRowsProduct : IVectorChunk
{
    /// <summary>Columns of a group, of which a panel has one or more.</summary>
    public const int Columns = 16;

    public float* X, Bias, Y;
    public ushort* Packed;
    public nint RowStride, Rows, N, K, GroupsPerChunk;
    public DType Type;

    /// <summary>Panels of 32 columns are multiplied by <see cref="FewRowsCode"/>.</summary>
    public bool HasCode;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        nint first = chunk * GroupsPerChunk * Columns, end = nint.Min(N, first + (GroupsPerChunk * Columns)), length = KBlocks.Length(K);
        bool byCode = typeof(V) == typeof(Vector512Lanes) && HasCode;
        // The blocks of k of a panel lie one behind the other, and panels too: a chunk is read as one stream.
        nint step = byCode || Rows == 1 ? 2 * Columns : Columns;
        for (nint column = first; column < end; column += step)
        {
            for (nint k0 = 0; k0 < K; k0 += length)
            {
                nint count = nint.Min(length, K - k0);
                ushort* panel = Panel(column, k0, length);
                if (byCode)
                {
                    TwoGroups<V>(panel, column, k0, count);
                }
                else if (Rows == 1)
                {
                    // The sums of one group would wait for each other.
                    bool both = column + Columns < end;
                    OneRow(panel, both ? Panel(column + Columns, k0, length) : panel, k0, count, out V low, out V high);
                    Add(low, 0, column, k0, count);
                    if (both)
                        Add(high, 0, column + Columns, k0, count);
                }
                else
                {
                    FourRows(panel, k0, count, out V s0, out V s1, out V s2, out V s3);
                    Add(s0, 0, column, k0, count);
                    Add(s1, 1, column, k0, count);
                    if (Rows > 2)
                        Add(s2, 2, column, k0, count);
                    if (Rows > 3)
                        Add(s3, 3, column, k0, count);
                }
            }
        }
    }

    /// <summary>A panel of two groups by machine code.</summary>
    private readonly void TwoGroups<V>(ushort* panel, nint column, nint k0, nint count) where V : struct, IVector<V>
    {
        float* sums = stackalloc float[FewRowsCode.MostRows * FewRowsCode.Columns];
        FewRowsCode.Run(Type, Rows, count, panel, X + k0, K, sums);
        for (nint row = 0; row < Rows; row++)
        {
            Add(V.Load(sums + (row * FewRowsCode.Columns)), row, column, k0, count);
            if (column + Columns < N)
                Add(V.Load(sums + (row * FewRowsCode.Columns) + Columns), row, column + Columns, k0, count);
        }
    }

    /// <summary>Adds the sums of a block of k to those before, and with the last one the bias.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private readonly void Add<V>(V sum, nint row, nint column, nint k0, nint count) where V : struct, IVector<V>
    {
        nint columns = nint.Min(Columns, N - column);
        float* y = Y + (row * RowStride) + column;
        if (k0 > 0)
            sum = V.Load(y, columns) + sum;
        if (Bias != null && k0 + count == K)
            sum += V.Load(Bias + column, columns);
        sum.Store(y, columns);
    }

    private readonly ushort* Panel(nint column, nint k0, nint length)
    {
        MicroKernels kernels = MicroKernels.Best;
        return PackedMatrix.Panel(Packed, N, K, k0, length, column, kernels) + (column % kernels.PanelColumns);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void OneRow<V>(ushort* panel0, ushort* panel1, nint k0, nint count, out V first, out V second) where V : struct, IVector<V>
    {
        nint width = MicroKernels.Best.PanelColumns;
        float* x = X + k0, end = x + count;
        V s0 = V.Create(0), s1 = V.Create(0);
        for (; Type == DType.F16 && x < end; x++, panel0 += width, panel1 += width)
        {
            V input = V.Create(*x);
            s0 = V.Fma(input, Halves.Load<V>((byte*)panel0), s0);
            s1 = V.Fma(input, Halves.Load<V>((byte*)panel1), s1);
        }
        for (; x < end; x++, panel0 += width, panel1 += width)
        {
            V input = V.Create(*x);
            s0 = V.Fma(input, V.ShiftLeft(V.LoadWords((short*)panel0), 16), s0);
            s1 = V.Fma(input, V.ShiftLeft(V.LoadWords((short*)panel1), 16), s1);
        }
        (first, second) = (s0, s1);
    }

    /// <summary>Two to four rows; the sums of those that are not there are the last one's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void FourRows<V>(ushort* panel, nint k0, nint count, out V y0, out V y1, out V y2, out V y3) where V : struct, IVector<V>
    {
        nint width = MicroKernels.Best.PanelColumns;
        float* x0 = X + k0, x1 = x0 + K, x2 = Rows > 2 ? x1 + K : x1, x3 = Rows > 3 ? x2 + K : x2;
        V s0 = V.Create(0), s1 = s0, s2 = s0, s3 = s0;
        for (nint k = 0; k < count; k++, panel += width)
        {
            V w = Type == DType.F16 ? Halves.Load<V>((byte*)panel) : V.ShiftLeft(V.LoadWords((short*)panel), 16);
            s0 = V.Fma(V.Create(x0[k]), w, s0);
            s1 = V.Fma(V.Create(x1[k]), w, s1);
            s2 = V.Fma(V.Create(x2[k]), w, s2);
            s3 = V.Fma(V.Create(x3[k]), w, s3);
        }
        (y0, y1, y2, y3) = (s0, s1, s2, s3);
    }
}
