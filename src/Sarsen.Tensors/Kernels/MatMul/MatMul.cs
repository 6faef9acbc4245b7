using System.Numerics;
using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// f32 matrix product <c>C = epilogue(op(A) · op(B) [+ C])</c> for all four transpositions, batched, after
/// Goto and van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008). Each element is summed as
/// <see cref="KBlocks"/> says, so its bits depend on K alone: not on M, N, the batch, transpositions, threads or the
/// instruction set. Kernels trust their arguments, never throw and allocate nothing.
/// </summary>
public static unsafe class MatMul
{
    /// <summary>Bytes of scratch memory that <see cref="Run(in MatMulArgs{float}, Workers, void*)"/> needs for these sizes, transposed or not, batched or not.</summary>
    public static long WorkspaceBytes(nint m, nint n, nint k, Workers workers) =>
        m == 0 || n == 0 ? 0 : (LaneBytes(m, k) * workers.Count) + (PacksFirst(m) ? PackedMatrix.MostBytes(n, k) : 0);

    /// <summary>Runs the product without an epilogue.</summary>
    /// <param name="args">What to multiply.</param>
    /// <param name="workers">Who does it.</param>
    /// <param name="workspace"><see cref="WorkspaceBytes"/>, 64-byte aligned.</param>
    public static void Run(in MatMulArgs<float> args, Workers workers, void* workspace) =>
        Run(args, default(NoEpilogue), workers, workspace);

    /// <summary>Runs the product and applies the epilogue to each element of C once.</summary>
    /// <inheritdoc cref="Run(in MatMulArgs{float}, Workers, void*)"/>
    public static void Run<TEpilogue>(in MatMulArgs<float> args, TEpilogue epilogue, Workers workers, void* workspace)
        where TEpilogue : struct, IEpilogue => Run(args, epilogue, workers, workspace, MicroKernels.Best);

    internal static void Run<TEpilogue>(in MatMulArgs<float> args, TEpilogue epilogue, Workers workers, void* workspace, MicroKernels kernels)
        where TEpilogue : struct, IEpilogue
    {
        if (args.M == 0 || args.N == 0 || args.Batch == 0)
            return;
        var job = new TileJob<TEpilogue>
        {
            Args = args,
            Epilogue = epilogue,
            Kernels = kernels,
            Grid = new TileGrid(args.M, args.N, args.K, args.Batch, workers.Count, kernels),
            Workspace = (byte*)workspace,
            LaneBytes = LaneBytes(args.M, args.K),
        };
        if (PacksFirst(args.M) && args.PackedB == null && args.K > 0 && (args.Batch == 1 || args.BatchStrideB == 0))
        {
            job.Args.PackedB = (float*)((byte*)workspace + (job.LaneBytes * workers.Count));
            PackedMatrix.Pack(args.B, args.Ldb, args.TransposeB, args.N, args.K, job.Args.PackedB, workers, kernels);
        }
        workers.ForLanes(ref job, job.Grid.Chunks);
    }

    /// <summary>
    /// The same product on the calling thread by the plain definition, in any float type: what <see cref="Run(in MatMulArgs{float}, Workers, void*)"/>
    /// equals bit for bit in f32, and the f64 path of gradient checks.
    /// </summary>
    public static void Reference<T>(in MatMulArgs<T> args) where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (nint item = 0; item < args.Batch; item++)
        {
            T* a = args.A + (item * args.BatchStrideA), b = args.B + (item * args.BatchStrideB), c = args.C + (item * args.BatchStrideC);
            for (nint i = 0; i < args.M; i++)
            {
                for (nint j = 0; j < args.N; j++)
                {
                    var sum = new BlockedSum<T>(args.K, args.Accumulate ? c[(i * args.Ldc) + j] : T.Zero);
                    for (nint k = 0; k < args.K; k++)
                    {
                        T x = args.TransposeA ? a[(k * args.Lda) + i] : a[(i * args.Lda) + k];
                        T y = args.TransposeB ? b[(j * args.Ldb) + k] : b[(k * args.Ldb) + j];
                        sum.Add(x, y);
                    }
                    c[(i * args.Ldc) + j] = sum.Total;
                }
            }
        }
    }

    /// <summary>
    /// Whether B is packed once, for all blocks of rows, and not panel by panel for each: rows of a large B are pages apart, and
    /// each block would look for them again.
    /// </summary>
    private static bool PacksFirst(nint m) => m > 2 * TileGrid.MaxRows;

    private static long LaneBytes(nint m, nint k) => TileProduct.ScratchFloats(m, k) * sizeof(float);

    private struct TileJob<TEpilogue> : ILaneJob where TEpilogue : struct, IEpilogue
    {
        public MatMulArgs<float> Args;
        public TEpilogue Epilogue;
        public MicroKernels Kernels;
        public TileGrid Grid;
        public byte* Workspace;
        public long LaneBytes;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk, int lane)
        {
            Tile tile = Grid[chunk];
            var scratch = (float*)(Workspace + (lane * LaneBytes));
            for (nint item = tile.Item; item < tile.ItemEnd; item++)
            {
                MatMulArgs<float> one = Args;
                one.A += item * Args.BatchStrideA;
                one.B += item * Args.BatchStrideB;
                one.C += item * Args.BatchStrideC;
                TileProduct.Run(one, tile, Epilogue, Kernels, scratch);
            }
        }
    }
}
