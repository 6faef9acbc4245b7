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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        nint first = chunk * GroupsPerChunk * Columns, end = nint.Min(N, first + (GroupsPerChunk * Columns));
        if (Rows == 1)
        {
            // Two groups at a time: the sums of one would wait for each other.
            for (nint column = first; column < end; column += 2 * Columns)
            {
                bool both = column + Columns < end;
                OneRow(column, both ? column + Columns : column, out V low, out V high);
                Store(low, 0, column);
                if (both)
                    Store(high, 0, column + Columns);
            }
            return;
        }
        for (nint column = first; column < end; column += Columns)
        {
            FourRows(column, out V s0, out V s1, out V s2, out V s3);
            Store(s0, 0, column);
            Store(s1, 1, column);
            if (Rows > 2)
                Store(s2, 2, column);
            if (Rows > 3)
                Store(s3, 3, column);
        }
    }

    private readonly void Store<V>(V sum, nint row, nint column) where V : struct, IVector<V>
    {
        nint columns = nint.Min(Columns, N - column);
        if (Bias != null)
            sum += V.Load(Bias + column, columns);
        sum.Store(Y + (row * RowStride) + column, columns);
    }

    private readonly ushort* Panel(nint column, nint k0, nint count)
    {
        MicroKernels kernels = MicroKernels.Best;
        nint inPanel = column % kernels.PanelColumns;
        return PackedMatrix.Panel(Packed, N, k0, count, KBlocks.Length(K), column - inPanel, kernels) + inPanel;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void OneRow<V>(nint column0, nint column1, out V first, out V second) where V : struct, IVector<V>
    {
        nint width = MicroKernels.Best.PanelColumns, length = KBlocks.Length(K);
        (first, second) = (V.Create(0), V.Create(0));
        for (nint k0 = 0; k0 < K; k0 += length)
        {
            nint count = nint.Min(length, K - k0);
            ushort* panel0 = Panel(column0, k0, count), panel1 = Panel(column1, k0, count);
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
            first = k0 == 0 ? s0 : first + s0;
            second = k0 == 0 ? s1 : second + s1;
        }
    }

    /// <summary>Two to four rows; the sums of those that are not there are the last one's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private readonly void FourRows<V>(nint column, out V y0, out V y1, out V y2, out V y3) where V : struct, IVector<V>
    {
        nint width = MicroKernels.Best.PanelColumns, length = KBlocks.Length(K);
        (y0, y1, y2, y3) = (V.Create(0), V.Create(0), V.Create(0), V.Create(0));
        for (nint k0 = 0; k0 < K; k0 += length)
        {
            nint count = nint.Min(length, K - k0);
            ushort* panel = Panel(column, k0, count);
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
            bool begins = k0 == 0;
            y0 = begins ? s0 : y0 + s0;
            y1 = begins ? s1 : y1 + s1;
            y2 = begins ? s2 : y2 + s2;
            y3 = begins ? s3 : y3 + s3;
        }
    }
}
