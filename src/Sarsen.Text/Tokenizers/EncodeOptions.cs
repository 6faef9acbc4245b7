namespace Sarsen.Text.Tokenizers;

/// <summary>What encoding adds and recognises besides the text itself.</summary>
/// <param name="AddSpecial">Adds what the model expects around a text, such as the token of the beginning.</param>
/// <param name="ParseSpecial">
/// Special tokens written out in the text are these tokens. Off, they are text like any other, which is what text of strangers
/// should be: else it can end the turn it stands in. Added tokens that are not special are always recognised.
/// </param>
public readonly record struct EncodeOptions(bool AddSpecial = false, bool ParseSpecial = false)
{
    /// <summary>For a prompt that a template made.</summary>
    public static EncodeOptions Whole { get; } = new(AddSpecial: true, ParseSpecial: true);
}
