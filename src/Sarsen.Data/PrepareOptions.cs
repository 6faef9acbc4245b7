using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources;

namespace Sarsen.Data;

/// <summary>What preparing data may use.</summary>
public sealed record PrepareOptions
{
    /// <summary>What is predicted; the loss decides it where the column does not: an integer may be a class or a value.</summary>
    public TargetKind Target { get; init; }

    /// <summary>Bytes that samples may take in memory; more are spooled to <see cref="CacheFolder"/>. Null: a quarter of what is available.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Where samples are spooled that do not fit in memory; null: that is refused.</summary>
    public string? CacheFolder { get; init; }

    public SourceContext Sources { get; init; } = new();
}
