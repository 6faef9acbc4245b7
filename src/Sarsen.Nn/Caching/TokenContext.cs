using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>
/// The tokens that a transformer runs on, as tensors of the open scope: made once a run, from ids (B, T) or from a
/// <see cref="TokenBatch"/>, and handed through its layers.
/// </summary>
public readonly struct TokenContext
{
    /// <summary>(N) in I64.</summary>
    public Tensor Ids { get; init; }

    /// <summary>(N) in I64.</summary>
    public Tensor Positions { get; init; }

    /// <summary>Which rows belong to one sequence; with a pool their keys are counted in it.</summary>
    public TokenSpans Spans { get; init; }

    /// <summary>The length of every sequence; 0 where they differ.</summary>
    public long Length { get; init; }

    /// <summary>The rows whose logits are wanted, in I64; none for all.</summary>
    public Tensor LogitRows { get; init; }

    /// <summary>Where keys and values are cached; null where they are not.</summary>
    public KvPool? Pool { get; init; }

    /// <summary>With a pool: the blocks of each sequence, (sequences, most blocks) in I64.</summary>
    public Tensor BlockTable { get; init; }

    /// <summary>Ids (B, T) of sequences of one length, without a cache.</summary>
    /// <exception cref="ShapeException">They are not (B, T).</exception>
    public static TokenContext Of(Tensor ids)
    {
        if (ids.Rank != 2)
            throw new ShapeException($"ids (B, T) expected, given {ids.Shape}");
        return new TokenContext { Ids = ids.Reshape(ids.Count), Positions = ids.Positions(), Spans = TokenSpans.Of(ids), Length = ids.Shape[1] };
    }

    /// <summary>
    /// Attention of rows that hold queries, keys and values side by side, (N, (heads + 2 kvHeads)·headDim), to those of their
    /// sequences and, with a pool, to what it holds of them in a layer, to which they are added.
    /// </summary>
    public Tensor Attend(Tensor qkv, in AttentionOptions options, int layer) =>
        Pool is null ? qkv.SelfAttention(Spans, options) : qkv.CachedAttention(Spans, Pool, BlockTable, layer, options);

    /// <summary>Dropout of rows (N, C). In training its masks belong to the sequences, as everywhere, and not to their rows.</summary>
    /// <exception cref="NotSupportedException">The mode is training and the sequences differ in length.</exception>
    public Tensor Drop(Dropout dropout, Tensor rows)
    {
        if (dropout.Probability == 0 || ScopeFrame.Current is not { } frame || frame.Mode == Mode.Inference)
            return rows;
        if (Length == 0)
            throw new NotSupportedException($"dropout at '{dropout.Path}' belongs to sequences of one length: pad them, or train without dropout");
        Shape shape = rows.Shape;
        return dropout.Call(rows.Reshape(shape[0] / Length, Length, shape[1])).Reshape(shape[0], shape[1]);
    }

    internal static Tensor New(DType type, in Shape shape) => ScopeFrame.Current is { } frame ? frame.Arena.New(type, shape) : Tensor.Empty(type, shape);

    internal static Tensor New(ReadOnlySpan<long> values, in Shape shape)
    {
        Tensor tensor = New(DType.I64, shape);
        Span<long> elements = Writable(tensor);
        if (!elements.IsEmpty)
            values.CopyTo(elements);
        return tensor;
    }

    /// <summary>The elements; nothing in a shape-only run.</summary>
    internal static Span<long> Writable(Tensor tensor) => ScopeFrame.Current?.Mode == Mode.Shapes ? [] : tensor.AsSpan<long>();
}
