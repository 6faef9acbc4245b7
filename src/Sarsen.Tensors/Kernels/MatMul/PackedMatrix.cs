using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A right operand in the order in which the kernels read it, for those that are used again and again, as weights:
/// blocks of K (<see cref="KBlocks"/>), in them panels of columns; where the elements have sixteen bits, panels of columns, in them
/// blocks of K, which few rows read as one stream. Only this process's kernels can read it.
/// </summary>
public static unsafe class PackedMatrix
{
    /// <summary>Behind each panel: a transpose may write there, and equal panels do not fall on equal cache lines.</summary>
    internal const int Gap = 16;

    /// <summary>Bytes of op(B) of (k, n), packed.</summary>
    /// <param name="n">Columns of op(B).</param>
    /// <param name="k">Rows of op(B).</param>
    /// <param name="type">F32, F16 or BF16.</param>
    public static long Bytes(nint n, nint k, DType type = DType.F32) => Bytes(n, k, type, MicroKernels.Best);

    internal static long Bytes(nint n, nint k, DType type, MicroKernels kernels) =>
        (long)Panels(n, kernels) * WholePanel(k, kernels) * type.Size();

    /// <summary>At least the bytes that any kernels need: narrower panels have more gaps.</summary>
    internal static long MostBytes(nint n, nint k)
    {
        long most = 0;
        for (InstructionSet set = InstructionSet.Scalar; set <= InstructionSet.Vector512; set++)
            most = Math.Max(most, Bytes(n, k, DType.F32, MicroKernels.For(set)));
        return most;
    }

    /// <summary>Packs op(B) of (k, n): B is (k, n), or (n, k) transposed, <paramref name="ldb"/> from row to row.</summary>
    /// <param name="b">The matrix.</param>
    /// <param name="ldb">At least the length of a stored row.</param>
    /// <param name="transposed">It is stored as (n, k): a linear layer's weight.</param>
    /// <param name="n">Columns of op(B).</param>
    /// <param name="k">Rows of op(B).</param>
    /// <param name="packed"><see cref="Bytes(nint, nint, DType)"/>, 64-byte aligned.</param>
    /// <param name="workers">Who does it.</param>
    public static void Pack(float* b, nint ldb, bool transposed, nint n, nint k, float* packed, Workers workers) =>
        Pack(b, ldb, transposed, n, k, packed, workers, MicroKernels.Best);

    internal static void Pack(float* b, nint ldb, bool transposed, nint n, nint k, float* packed, Workers workers, MicroKernels kernels)
    {
        if (n == 0 || k == 0)
            return;
        var job = new PackJob { B = b, Ldb = ldb, Transposed = transposed, N = n, K = k, Packed = packed, Kernels = kernels };
        workers.For(ref job, (int)(BlockCount(k) * job.ChunksPerBlock));
    }

    /// <summary>Packs op(B) of (k, n) whose elements are F16 or BF16, as they are: their products are computed in f32.</summary>
    /// <inheritdoc cref="Pack(float*, nint, bool, nint, nint, float*, Workers)"/>
    public static void PackHalf(ushort* b, nint ldb, bool transposed, nint n, nint k, ushort* packed, Workers workers) =>
        PackHalf(b, ldb, transposed, n, k, packed, workers, MicroKernels.Best);

    internal static void PackHalf(ushort* b, nint ldb, bool transposed, nint n, nint k, ushort* packed, Workers workers, MicroKernels kernels)
    {
        if (n == 0 || k == 0)
            return;
        var job = new PackHalfJob { B = b, Ldb = ldb, Transposed = transposed, N = n, K = k, Packed = packed, Kernels = kernels };
        workers.For(ref job, (int)Panels(n, kernels));
    }

    /// <summary>The panel that begins at <paramref name="column"/>, of the block that begins at <paramref name="k0"/>; its rows are PanelColumns apart.</summary>
    internal static T* Panel<T>(T* packed, nint n, nint k, nint k0, nint blockLength, nint column, MicroKernels kernels) where T : unmanaged
    {
        nint before = (k0 * kernels.PanelColumns) + (blockLength == 0 ? 0 : k0 / blockLength * Gap), panel = column / kernels.PanelColumns;
        return sizeof(T) == sizeof(ushort)
            ? packed + (panel * WholePanel(k, kernels)) + before
            : packed + (Panels(n, kernels) * before) + (panel * PanelFloats(nint.Min(blockLength, k - k0), kernels));
    }

    /// <summary>Elements of a panel through all blocks of K.</summary>
    internal static nint WholePanel(nint k, MicroKernels kernels) => (k * kernels.PanelColumns) + (Gap * BlockCount(k));

    internal static nint PanelFloats(nint kCount, MicroKernels kernels) => (kCount * kernels.PanelColumns) + Gap;

    private static nint Panels(nint n, MicroKernels kernels) => (n + kernels.PanelColumns - 1) / kernels.PanelColumns;

    private static nint BlockCount(nint k) => k == 0 ? 0 : (k + KBlocks.Length(k) - 1) / KBlocks.Length(k);

    /// <summary>One panel of columns, through all blocks of K.</summary>
    private struct PackHalfJob : IChunkJob
    {
        public ushort* B, Packed;
        public nint Ldb, N, K;
        public bool Transposed;
        public MicroKernels Kernels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            nint length = KBlocks.Length(K), width = Kernels.PanelColumns, column = chunk * width, count = nint.Min(width, N - column);
            for (nint k0 = 0; k0 < K; k0 += length)
            {
                nint kCount = nint.Min(length, K - k0);
                ushort* panel = Panel(Packed, N, K, k0, length, column, Kernels);
                for (nint k = 0; k < kCount; k++, panel += width)
                {
                    for (nint i = 0; i < width; i++)
                        panel[i] = i >= count ? (ushort)0 : Transposed ? B[((column + i) * Ldb) + k0 + k] : B[((k0 + k) * Ldb) + column + i];
                }
            }
        }
    }

    private struct PackJob : IChunkJob
    {
        private const int ChunkPanels = 8;

        public float* B, Packed;
        public nint Ldb, N, K;
        public bool Transposed;
        public MicroKernels Kernels;

        public readonly nint ChunksPerBlock => (Panels(N, Kernels) + ChunkPanels - 1) / ChunkPanels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            (nint block, nint first) = nint.DivRem(chunk, ChunksPerBlock);
            nint length = KBlocks.Length(K), k0 = block * length, kCount = nint.Min(length, K - k0), width = Kernels.PanelColumns;
            nint end = nint.Min(N, (first + 1) * ChunkPanels * width);
            for (nint column = first * ChunkPanels * width; column < end; column += width)
            {
                nint count = nint.Min(width, N - column);
                float* panel = Panel(Packed, N, K, k0, length, column, Kernels);
                if (Transposed)
                    Packing.Transpose(B + (column * Ldb) + k0, Ldb, count, kCount, panel, width, Kernels.Lanes);
                else
                    Packing.Copy(B + (k0 * Ldb) + column, Ldb, count, kCount, panel, width);
            }
        }
    }
}
