using Sarsen.Formats;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The pre-tokenizers that GGUF files name in <c>tokenizer.ggml.pre</c>, one a line.
/// Source: the names and patterns of <c>llama-vocab.cpp</c> in ggml-org/llama.cpp.
/// </summary>
internal static class GgufPreTokenizers
{
    private const string Cased = @"\p{Lu}\p{Ll}\p{Lt}";
    private const string Cjk = @"[一-龥ࠀ-一가-퟿]+";
    private const string BySentence = @" ?[^(\s|.,!?…。，、।۔،)]+";
    private const string DeepSeek3Words =
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    // The pieces that a pattern leaves are cut by the next.
    private static readonly (string[] Names, string[] Patterns)[] Known =
    [
        (["gpt-2", "gpt2", "mpt", "olmo", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "jais", "trillion", "modern-bert"],
            [Gpt2Splitter.Pattern]),
        (["llama-bpe", "llama3", "llama-v3", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"], [Patterns.Cl100k]),
        (["dbrx", "smaug-bpe", "chatglm-bpe", "glm4"], [Patterns.Cl100k]),
        (["qwen2", "stablelm2", "deepseek-r1-qwen", "hunyuan", "megrez", "kormo", "grok-2"], [Patterns.Cl100kDigits]),
        (["qwen35"], [Patterns.Cl100kMarks]),
        (["gpt-4o", "llama4", "kanana2", "minimax-m2"], [Patterns.O200k]),
        (["tekken"], [Patterns.Tekken]),
        (["smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"], [Patterns.Digit, Gpt2Splitter.Pattern]),
        (["falcon"], [@"[\p{P}\$\+<=>\^~\|`]+", Gpt2Splitter.Pattern, "[0-9][0-9][0-9]"]),
        (["deepseek-llm"], [@"[\r\n]", $@"\s?[{Cased}]+", @"\s?[!-/:-~！-／：-～‘-‟　-。]+", @"\s+$", Cjk, Patterns.Number]),
        (["deepseek-coder"], [@"[\r\n]", @"\s?\p{L}+", @"\s?\p{P}+", Cjk, Patterns.Digit]),
        (["deepseek-v3", "hunyuan-dense"], [@"\p{N}{1,3}", "[一-龥぀-ゟ゠-ヿ]+", DeepSeek3Words]),
        (["poro-chat", "bloom", "gpt3-finnish"], [BySentence]),
        (["viking"], [BySentence, Patterns.Digit]),
        (["default"], [@"[\p{P}\$\+<=>\^~\|]+", Gpt2Splitter.Pattern, Patterns.Number, "[0-9][0-9][0-9]"]),
    ];

    /// <summary>Those that take the token of a whole word where there is one, before any merging.</summary>
    private static readonly string[] WholeWords = ["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"];

    /// <summary>Those whose files mean a token of the beginning where they do not say.</summary>
    private static readonly string[] AddsBeginning = [.. WholeWords, "tekken"];

    /// <summary>The patterns of a pre-tokenizer, one after the other.</summary>
    /// <exception cref="ModelFormatException">No such pre-tokenizer is known.</exception>
    public static IReadOnlyList<string> PatternsOf(string name, string file)
    {
        foreach ((string[] names, string[] patterns) in Known)
        {
            if (names.Contains(name, StringComparer.Ordinal))
                return patterns;
        }
        string? near = Suggestion.Nearest(name, Known.SelectMany(k => k.Names));
        throw new ModelFormatException(file, 0, $"tokenizer.ggml.pre is '{name}', which is not known{(near is null ? "" : $"; '{near}' is")}: read the model's tokenizer.json instead");
    }

    /// <inheritdoc cref="PatternsOf"/>
    public static PreTokenizer Make(string name, string file)
    {
        PreTokenizer[] links = [.. PatternsOf(name, file).Select(pattern => Patterns.Split(pattern, SplitBehavior.Isolated, invert: false, "GGUF"))];
        return links.Length == 1 ? links[0] : new PreTokenizerChain(links);
    }

    /// <summary>The name of what cuts texts as <paramref name="tokenizer"/> does, or null.</summary>
    /// <param name="tokenizer">From another kind of file.</param>
    /// <param name="wholeWords">Whether the token of a whole word is taken.</param>
    public static string? NameOf(PreTokenizer tokenizer, bool wholeWords) =>
        Known.Where(known => TakesWholeWords(known.Names[0]) == wholeWords).Select(known => known.Names[0])
            .FirstOrDefault(name => TellingTexts.All.All(text => Cut(Make(name, name), text).SequenceEqual(Cut(tokenizer, text))));

    private static (int, int)[] Cut(PreTokenizer tokenizer, string text)
    {
        var pieces = new Pieces();
        pieces.Set(text, atBeginning: true);
        tokenizer.Apply(pieces);
        return [.. Enumerable.Range(0, pieces.Count).Select(i => pieces[i])];
    }

    public static bool TakesWholeWords(string name) => WholeWords.Contains(name, StringComparer.Ordinal);

    public static bool AddsBeginningToken(string name) => AddsBeginning.Contains(name, StringComparer.Ordinal);
}
