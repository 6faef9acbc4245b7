namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>Rewrites a text before it is cut into words: one pass over the buffer.</summary>
internal abstract class Normalizer
{
    public abstract void Apply(TextBuffer buffer);
}
