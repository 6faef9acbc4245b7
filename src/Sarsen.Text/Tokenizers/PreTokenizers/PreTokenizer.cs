namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Cuts the pieces of a text into smaller ones; tokens never reach over a cut.</summary>
internal abstract class PreTokenizer
{
    public abstract void Apply(Pieces pieces);
}
