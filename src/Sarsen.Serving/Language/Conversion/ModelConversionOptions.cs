using Sarsen.Tensors.Threads;

namespace Sarsen.Serving.Language.Conversion;

/// <summary>How a <see cref="ModelConversion"/> works.</summary>
public sealed record ModelConversionOptions
{
    /// <summary>
    /// What weights become: for a GGUF any of <see cref="Formats.GgufMixture.Names"/>, for a folder F32, F16 or BF16. As most of
    /// them are when null, or F16 where a folder cannot have that.
    /// </summary>
    public string? Type { get; init; }

    /// <summary>For a folder: the most bytes of weights in one file, as Hugging Face's libraries share them out.</summary>
    public long MostBytes { get; init; } = 5_000_000_000;

    /// <summary>Who rounds; the whole worker set when null.</summary>
    public Workers? Workers { get; init; }

    /// <summary>Told how many elements are written, and how many there are.</summary>
    public Action<long, long>? OnProgress { get; init; }
}
