namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Normalizers one after the other.</summary>
internal sealed class Chain(IReadOnlyList<Normalizer> links) : Normalizer
{
    private readonly Normalizer[] _links = [.. links];

    public IReadOnlyList<Normalizer> Links => _links;

    public override void Apply(TextBuffer buffer)
    {
        foreach (Normalizer link in _links)
            link.Apply(buffer);
    }
}
