using Sarsen.Nn;
using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language;

/// <summary>How a <see cref="LanguageEngine"/> works.</summary>
public sealed record LanguageEngineOptions
{
    /// <summary>The most tokens of prompt and answer, from 2; the model's own when null or larger.</summary>
    public int? ContextLength { get; init; }

    /// <summary>How keys and values are cached: in half precision, which takes half the memory and moves logits by less than quantised weights do.</summary>
    public KvType KvType { get; init; } = KvType.F16;

    /// <summary>Requests that may wait, from 1: one more is refused, for it would wait longer than its sender does.</summary>
    public int QueueSize { get; init; } = 256;

    /// <summary>Who computes; the whole worker set when null.</summary>
    public Workers? Workers { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public void Validate()
    {
        if (ContextLength is { } context)
            ArgumentOutOfRangeException.ThrowIfLessThan(context, 2, nameof(ContextLength));
        ArgumentOutOfRangeException.ThrowIfLessThan(QueueSize, 1);
    }
}
