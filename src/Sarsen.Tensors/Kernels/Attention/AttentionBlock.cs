namespace Sarsen.Tensors.Kernels;

/// <summary>Queries of one sequence that one chunk computes.</summary>
internal struct AttentionBlock
{
    public long Sequence;

    /// <summary>The first query, counted from the sequence's start.</summary>
    public long First;

    public long Count;

    /// <summary>The most blocks that sequences of so many rows in all are cut into.</summary>
    public static long Most(long rows, long sequences, long size) => rows / size + sequences;

    /// <summary>Cuts the sequences of at least so many queries; returns how many blocks there are.</summary>
    public static unsafe int Cut<T>(in AttentionArgs<T> args, long size, long least, AttentionBlock* blocks) where T : unmanaged
    {
        int n = 0;
        for (long s = 0; s < args.Sequences; s++)
        {
            long queries = args.Span(s).Queries;
            for (long first = 0; queries >= least && first < queries; first += size)
                blocks[n++] = new AttentionBlock { Sequence = s, First = first, Count = Math.Min(size, queries - first) };
        }
        return n;
    }
}
