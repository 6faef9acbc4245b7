using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Memory filled with zeros, whatever lies there: large gradients that are then written in parts.</summary>
public static unsafe class Zeros
{
    /// <summary>Some ten microseconds of work.</summary>
    private const long ChunkBytes = 256 * 1024;

    public static void Run(Workers workers, void* target, long bytes)
    {
        if (bytes <= 2 * ChunkBytes)
        {
            NativeMemory.Clear(target, (nuint)bytes);
            return;
        }
        // Larger chunks where there would be more than an int can number.
        long chunk = Math.Max(ChunkBytes, bytes / int.MaxValue + 1);
        var job = new Job { Target = (byte*)target, Bytes = bytes, Chunk = chunk };
        workers.For(ref job, (int)((bytes + chunk - 1) / chunk));
    }

    private struct Job : IChunkJob
    {
        public byte* Target;
        public long Bytes, Chunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            long begin = chunk * Chunk;
            NativeMemory.Clear(Target + begin, (nuint)Math.Min(Chunk, Bytes - begin));
        }
    }
}
