using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>Kernels trust spans: here they are held to the rows that there are.</summary>
internal static class SpanCheck
{
    /// <exception cref="ShapeException">
    /// Queries do not follow one another through all rows, keys overlap or leave the rows, a sequence is longer than was
    /// said, or, with <paramref name="causal"/>, has fewer keys than queries.
    /// </exception>
    public static void Run(in TokenSpans spans, long rows, long keyRows, bool causal)
    {
        if (spans.Table.DType != DType.I64 || spans.Table.Rank != 2 || spans.Table.Shape[1] != 4)
            throw new ShapeException($"spans (S, 4) in I64 expected, given {spans.Table.DType} {spans.Table.Shape}");
        ReadOnlySpan<long> table = spans.Table.AsSpan<long>();
        long query = 0, key = 0;
        for (int s = 0; s < table.Length; s += 4)
        {
            (long first, long queries, long firstKey, long keys) = (table[s], table[s + 1], table[s + 2], table[s + 3]);
            bool fits = first == query && queries >= 0 && queries <= rows - first && queries <= spans.Longest
                && firstKey >= key && firstKey <= keyRows && keys >= 0 && keys <= keyRows - firstKey && (!causal || keys >= queries);
            if (!fits)
                throw new ShapeException($"Attention: sequence {s / 4} has {queries} queries from row {first} and {keys} keys from row {firstKey}; of {rows} rows of queries the next is {query}, {keyRows} rows of keys are free from {key} on, sequences of at most {spans.Longest} queries were announced{(causal ? ", and none may have fewer keys than queries" : "")}");
            (query, key) = (first + queries, firstKey + keys);
        }
        if (query != rows)
            throw new ShapeException($"Attention: {rows} rows of queries, but the sequences end at row {query}");
    }
}
