namespace Sarsen.Text.Tokenizers.Models;

/// <summary>Cuts a word into tokens of a vocabulary. Immutable; what it needs to work lies in the scratch of the caller.</summary>
internal abstract class TokenModel
{
    /// <param name="word">A piece of text, not empty.</param>
    /// <param name="scratch">Of the caller alone.</param>
    /// <param name="ids">Where the tokens go.</param>
    public abstract void Encode(ReadOnlySpan<char> word, EncodeScratch scratch, TokenIds ids);
}
