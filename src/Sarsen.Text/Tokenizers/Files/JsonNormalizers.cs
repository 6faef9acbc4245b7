using Sarsen.Text.Tokenizers.Normalizers;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>The normalizers that tokenizer.json knows, one a line.</summary>
internal static class JsonNormalizers
{
    private static readonly Dictionary<string, Func<JsonPart, Normalizer>> Known = new(StringComparer.Ordinal)
    {
        ["NFC"] = _ => UnicodeForm.Nfc,
        ["NFD"] = _ => UnicodeForm.Nfd,
        ["NFKC"] = _ => UnicodeForm.Nfkc,
        ["NFKD"] = _ => UnicodeForm.Nfkd,
        ["Lowercase"] = _ => new Lowercase(),
        ["StripAccents"] = _ => new StripAccents(nonSpacingOnly: false),
        ["Strip"] = part => new Strip(part.Flag("strip_left", true), part.Flag("strip_right", true)),
        ["Replace"] = Replacing,
        ["Prepend"] = part => new Prepend(part.Text("prepend")),
        ["Nmt"] = _ => new NmtCleaning(),
        ["Precompiled"] = Precompiled,
        ["BertNormalizer"] = Bert,
        ["Sequence"] = part => new Chain([.. part.Parts("normalizers").Select(Read)]),
    };

    public static Normalizer Read(JsonPart part) => Known.TryGetValue(part.Type, out Func<JsonPart, Normalizer>? make)
        ? make(part)
        : throw part.Unknown("normalizer", Known.Keys);

    private static Normalizer Replacing(JsonPart part)
    {
        JsonPart pattern = part.Part("pattern") ?? throw part.Fail("has no pattern");
        string content = part.Text("content");
        if (pattern.TextOrNull("Regex") is { } regex)
            return new ReplaceMatches(Patterns.Compile(regex, part.File), content);
        string text = pattern.Text("String");
        return text.Length > 0 ? new Replace(text, content) : throw part.Fail("replaces the empty text");
    }

    private static CharsMap Precompiled(JsonPart part)
    {
        try
        {
            return new CharsMap(Convert.FromBase64String(part.Text("precompiled_charsmap")), part.File);
        }
        catch (FormatException e) when (e is not Sarsen.Formats.ModelFormatException)
        {
            throw part.Fail("has a precompiled_charsmap that is not base64");
        }
    }

    // Accents go with lower case unless the file says otherwise.
    private static Chain Bert(JsonPart part)
    {
        bool lowercase = part.Flag("lowercase", true);
        var links = new List<Normalizer> { new BertCleaning(part.Flag("clean_text", true), part.Flag("handle_chinese_chars", true)) };
        if (part.Flag("strip_accents", lowercase))
            links.AddRange([UnicodeForm.Nfd, new StripAccents(nonSpacingOnly: true)]);
        if (lowercase)
            links.Add(new Lowercase());
        return new Chain(links);
    }
}
