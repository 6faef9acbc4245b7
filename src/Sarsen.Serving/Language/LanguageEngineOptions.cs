using Sarsen.Nn;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language;

/// <summary>How a <see cref="LanguageEngine"/> works.</summary>
public sealed record LanguageEngineOptions
{
    /// <summary>The most tokens of prompt and answer, from 2; the model's own when null or larger.</summary>
    public int? ContextLength { get; init; }

    /// <summary>How keys and values are cached: in half precision, which takes half the memory and moves logits by less than quantised weights do, in eight bits for half of that again, or exactly.</summary>
    public KvType KvType { get; init; } = KvType.F16;

    /// <summary>Tokens that the cache of keys and values has room for, of all answers together; at least one context. Four contexts of up to 2048 tokens when null.</summary>
    public int? CacheTokens { get; init; }

    /// <summary>Answers that are generated together, at most; from 1. Each takes room in the cache.</summary>
    public int MaxSequences { get; init; } = 16;

    /// <summary>
    /// Tokens of prompts that a run of the model reads, at most, from 1, beside those that answers under way need. More read long
    /// prompts a little faster, and hold up the answers that go on meanwhile.
    /// </summary>
    public int BatchTokens { get; init; } = 256;

    /// <summary>Tokens that are guessed from what a text said before, from 0: none. Answers are the same; those that repeat much come faster, others slower.</summary>
    public int DraftTokens { get; init; }

    /// <summary>Requests that may wait, from 1: one more is refused, for it would wait longer than its sender does.</summary>
    public int QueueSize { get; init; } = 256;

    /// <summary>
    /// Bytes that the compiled constraints of requests that wait and of answers under way may take together, from 0: a request
    /// with another one is refused past that, unless no other is used. Requests with the same one share it. Those of answers
    /// under way grow beyond it, each by the bounds of its tables and masks at most. The default has room for a thousand
    /// ordinary schemas, or for a few of the largest that are taken.
    /// </summary>
    public long UsedConstraintBytes { get; init; } = 256L << 20;

    /// <summary>Compiled constraints that no answer uses and that are kept for the next that want them, from 0: none.</summary>
    public int KeptConstraints { get; init; } = 128;

    /// <summary>Bytes that these may take together, from 0.</summary>
    public long KeptConstraintBytes { get; init; } = 64L << 20;

    /// <summary>Who computes; the whole worker set when null.</summary>
    public Workers? Workers { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        if (ContextLength is { } context)
            ArgumentOutOfRangeException.ThrowIfLessThan(context, 2, nameof(ContextLength));
        if (CacheTokens is { } cache)
            ArgumentOutOfRangeException.ThrowIfLessThan(cache, 1, nameof(CacheTokens));
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxSequences, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(UsedConstraintBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(KeptConstraints);
        ArgumentOutOfRangeException.ThrowIfNegative(KeptConstraintBytes);
        ArgumentOutOfRangeException.ThrowIfNegative(DraftTokens);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(DraftTokens, 64);
    }
}
