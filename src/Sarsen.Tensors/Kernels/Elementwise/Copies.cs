using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>Memory copied as it lies: gradients that pass an operation unchanged.</summary>
public static unsafe class Copies
{
    /// <summary>Some ten microseconds of work.</summary>
    private const long ChunkBytes = 128 * 1024;

    /// <summary>The two must not overlap.</summary>
    public static void Run(Workers workers, void* source, void* target, long bytes)
    {
        if (bytes <= 2 * ChunkBytes)
        {
            Buffer.MemoryCopy(source, target, bytes, bytes);
            return;
        }
        // Larger chunks where there would be more than an int can number.
        long chunk = Math.Max(ChunkBytes, bytes / int.MaxValue + 1);
        var job = new Job { Source = (byte*)source, Target = (byte*)target, Bytes = bytes, Chunk = chunk };
        workers.For(ref job, (int)((bytes + chunk - 1) / chunk));
    }

    private struct Job : IChunkJob
    {
        public byte* Source, Target;
        public long Bytes, Chunk;

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public readonly void Run(int chunk)
        {
            long begin = chunk * Chunk, count = Math.Min(Chunk, Bytes - begin);
            Buffer.MemoryCopy(Source + begin, Target + begin, count, count);
        }
    }
}
