using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>
/// Which rows of queries and keys belong to one sequence, for attention over sequences that lie one after the other as rows
/// of (N, C). It lives in the open scope, as its tensor does.
/// </summary>
/// <param name="Table">(sequences, 4) in I64: first query row, queries, first key row, keys.</param>
/// <param name="Longest">No sequence has more queries.</param>
public readonly record struct TokenSpans(Tensor Table, long Longest)
{
    public long Sequences => Table.Shape[0];

    /// <summary>The sequences of a batch (B, T, …): all of one length, each its own keys.</summary>
    public static TokenSpans Of(Tensor batch) => Of(batch, keys: batch.Shape[1]);

    /// <summary>The same with queries (B, T, …) and keys of another length (B, M, …).</summary>
    public static TokenSpans Of(Tensor batch, long keys) =>
        new(Dispatch.Run(TokenSpansOp.Uniform, OpAttributes.Of(new TokenSpansOp.Use(batch.Shape[1], keys, 0)), batch), batch.Shape[1]);

    /// <summary>
    /// The sequences of ids (B, T) in I64 that are filled up with an id at their beginning or end: keys leave it out. Queries
    /// do not, so that the result has the batch's shape; what it holds for padding is not meaningful.
    /// </summary>
    public static TokenSpans WithoutPadding(Tensor ids, long paddingId) =>
        new(Dispatch.Run(TokenSpansOp.Padded, OpAttributes.Of(new TokenSpansOp.Use(ids.Shape[1], ids.Shape[1], paddingId)), ids), ids.Shape[1]);

    /// <summary>Queries of (B, queries, …), and of keys (B, keys, …) the first lengths[b], (B) in I64.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A length is not in 0 … keys.</exception>
    public static TokenSpans OfLengths(Tensor lengths, long queries, long keys) =>
        new(Dispatch.Run(TokenSpansOp.Lengths, OpAttributes.Of(new TokenSpansOp.Use(queries, keys, 0)), lengths), queries);
}
