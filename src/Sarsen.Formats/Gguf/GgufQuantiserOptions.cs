using Sarsen.Tensors.Threads;

namespace Sarsen.Formats;

/// <summary>How a <see cref="GgufQuantiser"/> works.</summary>
public sealed record GgufQuantiserOptions
{
    /// <summary>Tensors that have few bits already are rounded again, which loses more than rounding once; else they are refused.</summary>
    public bool Requantise { get; init; }

    /// <summary>Who rounds; the whole worker set when null.</summary>
    public Workers? Workers { get; init; }

    /// <summary>Told how many elements are written, and how many there are.</summary>
    public Action<long, long>? OnProgress { get; init; }
}
