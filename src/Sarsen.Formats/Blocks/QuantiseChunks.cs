using Sarsen.Tensors.Threads;

namespace Sarsen.Formats.Blocks;

/// <summary>Blocks of a tensor made by several threads: a chunk is so many blocks, whoever makes it, so the bits are the same.</summary>
internal unsafe struct QuantiseChunks : IChunkJob
{
    // The dearest types take a microsecond an element: enough work for a thread, and little enough that all get some.
    private const int ChunkElements = 1 << 12;

    private BlockType _type;
    private float* _values;
    private byte* _blocks;
    private long _count;

    /// <param name="workers">Who does it.</param>
    /// <param name="type">What blocks.</param>
    /// <param name="values">Whole blocks, checked.</param>
    /// <param name="blocks">Exactly their bytes.</param>
    public static void Run(Workers workers, BlockType type, ReadOnlySpan<float> values, Span<byte> blocks)
    {
        fixed (float* from = values)
        fixed (byte* to = blocks)
        {
            var job = new QuantiseChunks { _type = type, _values = from, _blocks = to, _count = values.Length / type.BlockLength };
            workers.For(ref job, (int)((job._count + job.ChunkBlocks - 1) / job.ChunkBlocks));
        }
    }

    private readonly long ChunkBlocks => Math.Max(1, ChunkElements / _type.BlockLength);

    public readonly void Run(int chunk)
    {
        long first = chunk * ChunkBlocks, blocks = Math.Min(ChunkBlocks, _count - first);
        _type.QuantiseUnchecked(_values + (first * _type.BlockLength), _blocks + (first * _type.BlockBytes), (nint)blocks);
    }
}
