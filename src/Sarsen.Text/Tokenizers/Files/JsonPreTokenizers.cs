using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>The pre-tokenizers that tokenizer.json knows, one a line; each gives none, one or some after the other.</summary>
internal static class JsonPreTokenizers
{
    // \w+|[^\w\s]+, where \w is what Unicode's Technical Standard 18 says: letter numbers and circled letters belong to it too.
    private const string WordCharacters = @"\w\p{M}\p{Nl}\u200C\u200D\u24B6-\u24E9";
    private const string Words = $@"[{WordCharacters}]+|[^{WordCharacters}\s]+";

    private static readonly Dictionary<string, Func<JsonPart, IEnumerable<PreTokenizer>>> Known = new(StringComparer.Ordinal)
    {
        ["ByteLevel"] = ByteLevel,
        ["Metaspace"] = part => [new Metaspace(Mark(part), Prepending(part), part.Flag("split", true))],
        ["Whitespace"] = part => [Patterns.Split(Words, SplitBehavior.Removed, invert: true, part.File)],
        ["WhitespaceSplit"] = _ => [new WhitespaceSplit()],
        ["BertPreTokenizer"] = _ => [new BertSplit()],
        ["Digits"] = part => [new DigitSplitter(part.Flag("individual_digits", false))],
        ["Punctuation"] = part => [new PunctuationSplit(Behavior(part, SplitBehavior.Isolated))],
        ["Split"] = part => [Splitting(part)],
        ["CharDelimiterSplit"] = part => [new TextSplit(part.Text("delimiter"), SplitBehavior.Removed, invert: false)],
        ["Sequence"] = part => part.Parts("pretokenizers").SelectMany(ReadLinks),
    };

    /// <summary>What a file's pre-tokenizer is, or null where it does not cut.</summary>
    public static PreTokenizer? Read(JsonPart part)
    {
        PreTokenizer[] links = [.. ReadLinks(part)];
        return links.Length switch
        {
            0 => null,
            1 => links[0],
            _ => new PreTokenizerChain(links),
        };
    }

    /// <summary>Whether words become bytes, spelt in the <see cref="ByteAlphabet"/>.</summary>
    public static bool IsByteLevel(JsonPart part) =>
        part.Type == "ByteLevel" || part.Type == "Sequence" && part.Parts("pretokenizers").Any(IsByteLevel);

    /// <summary>When a Metaspace, pre-tokenizer or decoder, puts its mark before a piece; files of two ages say it in two ways.</summary>
    public static PrependScheme Prepending(JsonPart part) => part.TextOrNull("prepend_scheme") switch
    {
        "always" => PrependScheme.Always,
        "first" => PrependScheme.First,
        "never" => PrependScheme.Never,
        null => part.Flag("add_prefix_space", true) ? PrependScheme.Always : PrependScheme.Never,
        { } other => throw part.Fail($"has the prepend_scheme '{other}'; always, first and never are known"),
    };

    public static char Mark(JsonPart part) => part.TextOrNull("replacement") is not { } mark ? '▁'
        : mark.Length == 1 ? mark[0] : throw part.Fail("must have one character as its replacement");

    private static IEnumerable<PreTokenizer> ReadLinks(JsonPart part) => Known.TryGetValue(part.Type, out Func<JsonPart, IEnumerable<PreTokenizer>>? make)
        ? make(part)
        : throw part.Unknown("pre-tokenizer", Known.Keys);

    private static List<PreTokenizer> ByteLevel(JsonPart part)
    {
        var links = new List<PreTokenizer>();
        if (part.Flag("add_prefix_space", true))
            links.Add(new LeadingSpace());
        if (part.Flag("use_regex", true))
            links.Add(new Gpt2Splitter());
        return links;
    }

    private static PreTokenizer Splitting(JsonPart part)
    {
        JsonPart pattern = part.Part("pattern") ?? throw part.Fail("has no pattern");
        SplitBehavior behavior = Behavior(part, null);
        bool invert = part.Flag("invert", false);
        if (pattern.TextOrNull("Regex") is { } regex)
            return Patterns.Split(regex, behavior, invert, part.File);
        string text = pattern.Text("String");
        return text.Length > 0 ? new TextSplit(text, behavior, invert) : throw part.Fail("splits at the empty text");
    }

    private static SplitBehavior Behavior(JsonPart part, SplitBehavior? without) => part.TextOrNull("behavior") switch
    {
        null when without is { } behavior => behavior,
        { } name when Enum.TryParse(name, out SplitBehavior behavior) && Enum.IsDefined(behavior) => behavior,
        _ => throw part.Fail($"must have a behavior: {string.Join(", ", Enum.GetNames<SplitBehavior>())} are known"),
    };
}
