namespace Sarsen.Text.Tokenizers;

/// <summary>The spaces that a decoder takes away.</summary>
internal static class WordSpacing
{
    private static readonly (string From, string To)[] Cleanings =
    [
        (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"),
        (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ];

    /// <summary>Without the space before punctuation and contractions of English, as the WordPiece decoder of tokenizer.json has it.</summary>
    public static string Clean(string text) =>
        Cleanings.Aggregate(text, (current, cleaning) => current.Replace(cleaning.From, cleaning.To, StringComparison.Ordinal));

    public static string TrimStop(this string text, char c, long most)
    {
        int end = text.Length;
        while (end > 0 && text.Length - end < most && text[end - 1] == c)
            end--;
        return text[..end];
    }
}
