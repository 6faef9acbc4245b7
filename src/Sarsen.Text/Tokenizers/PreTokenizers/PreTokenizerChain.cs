namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Pre-tokenizers one after the other, each on the pieces of the one before.</summary>
internal sealed class PreTokenizerChain(IReadOnlyList<PreTokenizer> links) : PreTokenizer
{
    private readonly PreTokenizer[] _links = [.. links];

    public override void Apply(Pieces pieces)
    {
        foreach (PreTokenizer link in _links)
            link.Apply(pieces);
    }
}
