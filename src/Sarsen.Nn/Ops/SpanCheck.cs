using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>Kernels trust spans: here they are held to the rows that there are.</summary>
internal static unsafe class SpanCheck
{
    /// <exception cref="ShapeException">
    /// Queries do not follow one another through all rows, keys overlap or leave the rows, a sequence is longer than was
    /// said, or, with <paramref name="causal"/>, has fewer keys than queries.
    /// </exception>
    public static void Run(in TensorView spans, long rows, long keyRows, bool causal, long longest)
    {
        long query = 0, key = 0;
        for (long s = 0; s < spans.Shape[0]; s++)
        {
            long* row = spans.I64 + 4 * s;
            (long first, long queries, long firstKey, long keys) = (row[0], row[1], row[2], row[3]);
            bool fits = first == query && queries >= 0 && queries <= rows - first && queries <= longest
                && firstKey >= key && firstKey <= keyRows && keys >= 0 && keys <= keyRows - firstKey && (!causal || keys >= queries);
            if (!fits)
                throw new ShapeException($"Attention: sequence {s} has {queries} queries from row {first} and {keys} keys from row {firstKey}; of {rows} rows of queries the next is {query}, {keyRows} rows of keys are free from {key} on, sequences of at most {longest} queries were announced{(causal ? ", and none may have fewer keys than queries" : "")}");
            (query, key) = (first + queries, firstKey + keys);
        }
        if (query != rows)
            throw new ShapeException($"Attention: {rows} rows of queries, but the sequences end at row {query}");
    }

    /// <summary>Spans whose keys are counted in a cache, and the blocks that hold them.</summary>
    /// <exception cref="ShapeException">Rows do not follow one another, or a sequence has fewer blocks than its keys need.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public static void Run(in TensorView spans, in TensorView table, long rows, long blocks, long longest)
    {
        long next = 0, width = table.Shape[1];
        for (long s = 0; s < spans.Shape[0]; s++)
        {
            long* row = spans.I64 + 4 * s;
            (long first, long queries, long keys) = (row[0], row[1], row[3]);
            if (first != next || queries < 0 || queries > longest || queries > rows - first || keys < queries || keys > width * KvPool.BlockPositions)
                throw new ShapeException($"CachedAttention: sequence {s} has {queries} rows from {first} and {keys} keys; the next of {rows} rows is {next}, and its blocks hold {width * KvPool.BlockPositions} keys");
            for (long b = 0; b < KvPool.BlocksFor(keys); b++)
            {
                if ((ulong)table.I64[s * width + b] >= (ulong)blocks)
                    throw new ArgumentOutOfRangeException(nameof(table), table.I64[s * width + b], $"CachedAttention: sequence {s} names a block that is not among the {blocks} of the cache");
            }
            next += queries;
        }
        if (next != rows)
            throw new ShapeException($"CachedAttention: {rows} rows, but the sequences end at row {next}");
    }
}
