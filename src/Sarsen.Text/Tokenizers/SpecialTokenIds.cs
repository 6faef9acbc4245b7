namespace Sarsen.Text.Tokenizers;

/// <summary>The tokens that have a role for a model, as its files name them.</summary>
public sealed record SpecialTokenIds
{
    /// <summary>Begins a text.</summary>
    public int? Bos { get; init; }

    /// <summary>Ends a text.</summary>
    public int? Eos { get; init; }

    /// <summary>Stands for what has no token.</summary>
    public int? Unknown { get; init; }

    /// <summary>Fills up batches.</summary>
    public int? Padding { get; init; }

    /// <summary>End an answer as well, besides <see cref="Eos"/>.</summary>
    public IReadOnlyList<int> MoreEnds { get; init; } = [];
}
