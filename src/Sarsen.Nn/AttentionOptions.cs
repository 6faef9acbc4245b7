using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;

namespace Sarsen.Nn;

/// <summary>How attention works, the same for every call of a layer.</summary>
public readonly record struct AttentionOptions
{
    /// <param name="heads">Heads of queries.</param>
    /// <param name="kvHeads">Heads of keys and values, a divisor of <paramref name="heads"/>; as many when null.</param>
    /// <param name="causal">A query sees keys up to its own position.</param>
    /// <param name="window">With <paramref name="causal"/>: it sees that many positions, its own among them; 0 for all.</param>
    /// <param name="scale">Multiplies q · k; 1 / √headDim when null.</param>
    /// <param name="dropout">In training the probability that a weight is dropped, at least 0 and below 1.</param>
    /// <param name="softcap">Scores s become softcap · tanh(s / softcap) before any is masked; as they are when null.</param>
    /// <exception cref="ArgumentException">The heads do not divide, or there is a window without <paramref name="causal"/>.</exception>
    public AttentionOptions(int heads, int? kvHeads = null, bool causal = false, long window = 0, double? scale = null, double dropout = 0, double? softcap = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(kvHeads ?? heads, 1, nameof(kvHeads));
        ArgumentOutOfRangeException.ThrowIfNegative(window);
        if (!(dropout is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(dropout), dropout, "the probability of dropout is at least 0 and below 1");
        if (softcap is { } cap && !(cap > 0 && double.IsFinite(cap)))
            throw new ArgumentOutOfRangeException(nameof(softcap), softcap, "a cap of scores is above 0 and finite; leave it out for none");
        (Heads, KvHeads, Causal, Window, Scale, Dropout, Softcap) = (heads, kvHeads ?? heads, causal, window, scale, dropout, softcap);
        if (Heads % KvHeads != 0)
            throw new ArgumentException($"{Heads} heads cannot share {KvHeads} heads of keys: give a divisor", nameof(kvHeads));
        if (window > 0 && !causal)
            throw new ArgumentException("a window looks back from each position: make the attention causal, or leave the window out", nameof(window));
    }

    public int Heads { get; }

    public int KvHeads { get; }

    public bool Causal { get; }

    public long Window { get; }

    public double? Scale { get; }

    public double Dropout { get; }

    public double? Softcap { get; }

    /// <param name="longest">No sequence has more queries.</param>
    /// <param name="headDim">Elements of a head.</param>
    /// <param name="stream">The random stream of dropout; null: nothing is dropped.</param>
    internal OpAttributes Use(long longest, int headDim, string? stream)
    {
        bool drops = Dropout > 0 && stream is not null && Dispatch.IsTraining;
        return OpAttributes.Of(new AttentionOp.Use(Heads, KvHeads, Scale ?? 1 / Math.Sqrt(headDim), Causal, Window, longest,
            drops ? Dropout : 0, drops ? DropoutExtensions.Draws(stream!) : default, Softcap ?? 0));
    }
}
