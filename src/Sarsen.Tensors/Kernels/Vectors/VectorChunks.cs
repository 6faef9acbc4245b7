using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Work in chunks that need scratch memory, written once for all vector widths.</summary>
internal interface IVectorChunk
{
    /// <summary>What a chunk computes does not depend on the lane, which names its thread's scratch memory.</summary>
    void Run<V>(int chunk, int lane) where V : struct, IVector<V>;
}

/// <summary>Runs an <see cref="IVectorChunk"/> on the workers, in the widest vectors the machine has.</summary>
internal static class VectorChunks
{
    public static void For<TChunk>(Workers workers, ref TChunk work, int chunks) where TChunk : struct, IVectorChunk
    {
        var job = new Job<TChunk> { Work = work, NarrowerBy = VectorRanges.NarrowerBy };
        workers.ForLanes(ref job, chunks);
    }

    /// <summary>The matrix kernels of the vectors that a chunk was given.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static MicroKernels Kernels<V>() where V : struct, IVector<V> => MicroKernels.For(
        typeof(V) == typeof(Vector512Lanes) && InstructionSets.Best >= InstructionSet.Vector512 ? InstructionSet.Vector512
        : typeof(V) == typeof(Vector256Lanes) && InstructionSets.Best >= InstructionSet.Vector256 ? InstructionSet.Vector256
        : typeof(V) == typeof(Vector128Lanes) && InstructionSets.Best >= InstructionSet.Vector128 ? InstructionSet.Vector128
        : typeof(V) == typeof(ScalarLanes) ? InstructionSet.Scalar
        : InstructionSets.Best);

    private struct Job<TChunk> : ILaneJob where TChunk : struct, IVectorChunk
    {
        public TChunk Work;
        public int NarrowerBy;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run(int chunk, int lane)
        {
            int narrower = NarrowerBy;
            if (Vector512Lanes.IsSupported && narrower-- == 0)
                Work.Run<Vector512Lanes>(chunk, lane);
            else if (Vector256Lanes.IsSupported && narrower-- == 0)
                Work.Run<Vector256Lanes>(chunk, lane);
            else if (Vector128Lanes.IsSupported && narrower-- == 0)
                Work.Run<Vector128Lanes>(chunk, lane);
            else
                Work.Run<ScalarLanes>(chunk, lane);
        }
    }
}
