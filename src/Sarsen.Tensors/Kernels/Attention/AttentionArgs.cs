namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Attention over sequences that lie one after the other: y_i = Σ_j p_ij v_j, p_ij = softmax_j(scale · q_i · k_j), for each head
/// and the keys j that query i may see. Query i of a sequence of n queries and m keys stands at position m - n + i: the
/// queries are the last of the keys' positions. Source: Vaswani et al., «Attention is all you need», 2017; heads that share
/// keys: Ainslie et al., «GQA», 2023.
/// </summary>
/// <remarks>
/// The numerics contract: a row's result is summed over blocks of <see cref="KeyBlock"/> keys, counted from the sequence's
/// start, ascending within a block and from block to block. It does not depend on how many rows are computed together.
/// </remarks>
/// <typeparam name="T">f32, or f64 for the reference.</typeparam>
public unsafe struct AttentionArgs<T> where T : unmanaged
{
    /// <summary>Keys between two looks at the running maximum; a change changes bits and needs a new numerics version.</summary>
    public const int KeyBlock = 64;

    /// <summary>Rows of (heads, headDim), (kvHeads, headDim) and (kvHeads, headDim).</summary>
    public T* Q, K, V;

    /// <summary>From one row to the next, in elements.</summary>
    public nint QueryStride, KeyStride, ValueStride;

    /// <summary>The result, rows of (heads, headDim) without gaps.</summary>
    public T* Y;

    /// <summary>ln Σ_j e^(s_ij), (rows, heads), for backward; null when none is to come.</summary>
    public T* LogSumExp;

    /// <summary>(sequences, 4): first query row, queries, first key row, keys.</summary>
    public long* Spans;

    public long Sequences;

    /// <summary>Rows of all queries.</summary>
    public long Rows;

    /// <summary>Heads is a multiple of KvHeads; headDim is at most <see cref="Attention.MaxHeadDim"/>.</summary>
    public int Heads, KvHeads, HeadDim;

    public double Scale;

    /// <summary>Above 0: scores s become cap · tanh(s / cap) before any is masked (Gemma Team, «Gemma 2», 2024, section 2); 0 for as they are.</summary>
    public double Softcap;

    /// <summary>Keys after the query's own position are not seen.</summary>
    public bool Causal;

    /// <summary>With Causal: how many positions are seen, the query's own among them; 0 for all.</summary>
    public long Window;

    /// <summary>Of the weights, while training.</summary>
    public AttentionDropout Dropout;

    /// <summary>Query heads that share one key head.</summary>
    public readonly int Group => Heads / KvHeads;

    public readonly AttentionSpan Span(long sequence) => new(Spans + 4 * sequence);

    /// <summary>The keys that queries first … first + count - 1 of a sequence may see, from and up to, not with, the second.</summary>
    public readonly (long From, long To) Visible(in AttentionSpan span, long first, long count)
    {
        long position = span.Keys - span.Queries + first;
        long to = Causal ? Math.Min(span.Keys, position + count) : span.Keys;
        return (Window > 0 ? Math.Max(0, position - Window + 1) : 0, to);
    }
}

/// <summary>Where one sequence's rows are.</summary>
public readonly unsafe struct AttentionSpan(long* row)
{
    public long Query => row[0];

    public long Queries => row[1];

    public long Key => row[2];

    public long Keys => row[3];
}
