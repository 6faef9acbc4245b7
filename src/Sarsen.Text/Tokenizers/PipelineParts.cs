using Sarsen.Text.Tokenizers.Models;
using Sarsen.Text.Tokenizers.Normalizers;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>What a tokenizer is made of; each kind of file is read to this.</summary>
internal sealed record PipelineParts
{
    public required TokenTable Table { get; init; }

    public required TokenModel Model { get; init; }

    public IReadOnlyList<AddedToken> Added { get; init; } = [];

    public Normalizer? Normalizer { get; init; }

    public PreTokenizer? PreTokenizer { get; init; }

    public SpecialTemplate Template { get; init; } = SpecialTemplate.None;

    public bool StripsLeadingSpace { get; init; }
}
