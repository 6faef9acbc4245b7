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

    private static readonly (string[] Names, Func<PreTokenizer> Make)[] Known =
    [
        (["gpt-2", "gpt2", "mpt", "olmo", "phi-2", "jina-es", "jina-de", "jina-v2-es", "jina-v2-de", "jina-v2-code", "roberta-bpe", "jais", "trillion", "modern-bert"],
            () => new Gpt2Splitter()),
        (["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "dbrx", "smaug-bpe", "chatglm-bpe", "glm4"],
            () => new Cl100kSplitter(3)),
        (["qwen2", "stablelm2", "deepseek-r1-qwen", "hunyuan", "megrez", "kormo", "grok-2"], () => new Cl100kSplitter(1)),
        (["qwen35"], () => new Cl100kSplitter(1, marks: true)),
        (["gpt-4o", "llama4", "kanana2", "minimax-m2"], () => new O200kSplitter(3, contractions: true)),
        (["tekken"], () => new O200kSplitter(1, contractions: false)),
        (["starcoder", "refact", "command-r", "smollm", "codeshell", "exaone", "minerva-7b"],
            () => Chain(new DigitSplitter(individual: true), new Gpt2Splitter())),
        (["falcon"], () => Chain(Regex(@"[\p{P}\$\+<=>\^~\|`]+"), new Gpt2Splitter(), Regex("[0-9][0-9][0-9]"))),
        (["deepseek-llm"], () => Chain(
            Regex(@"[\r\n]"), Regex($@"\s?[{Cased}]+"), Regex(@"\s?[!-/:-~！-／：-～‘-‟　-。]+"), Regex(@"\s+$"), Regex(Cjk),
            new DigitSplitter(individual: false))),
        (["deepseek-coder"], () => Chain(
            Regex(@"[\r\n]"), Regex(@"\s?\p{L}+"), Regex(@"\s?\p{P}+"), Regex(Cjk), new DigitSplitter(individual: true))),
        (["deepseek-v3", "hunyuan-dense"], () => Chain(Regex(@"\p{N}{1,3}"), Regex("[一-龥぀-ゟ゠-ヿ]+"), Regex(DeepSeek3Words))),
        (["poro-chat", "bloom", "gpt3-finnish"], () => Regex(BySentence)),
        (["viking"], () => Chain(Regex(BySentence), new DigitSplitter(individual: true))),
        (["default"], () => Chain(
            Regex(@"[\p{P}\$\+<=>\^~\|]+"), new Gpt2Splitter(), new DigitSplitter(individual: false), Regex("[0-9][0-9][0-9]"))),
    ];

    /// <summary>Those that take the token of a whole word where there is one, before any merging.</summary>
    private static readonly string[] WholeWords = ["llama3", "llama-v3", "llama-bpe", "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2"];

    /// <summary>Those whose files mean a token of the beginning where they do not say.</summary>
    private static readonly string[] AddsBeginning = [.. WholeWords, "tekken"];

    /// <exception cref="ModelFormatException">No such pre-tokenizer is known.</exception>
    public static PreTokenizer Make(string name, string file)
    {
        foreach ((string[] names, Func<PreTokenizer> make) in Known)
        {
            if (names.Contains(name, StringComparer.Ordinal))
                return make();
        }
        string? near = Suggestion.Nearest(name, Known.SelectMany(k => k.Names));
        throw new ModelFormatException(file, 0, $"tokenizer.ggml.pre is '{name}', which is not known{(near is null ? "" : $"; '{near}' is")}: read the model's tokenizer.json instead");
    }

    public static bool TakesWholeWords(string name) => WholeWords.Contains(name, StringComparer.Ordinal);

    public static bool AddsBeginningToken(string name) => AddsBeginning.Contains(name, StringComparer.Ordinal);

    private static PreTokenizerChain Chain(params PreTokenizer[] links) => new(links);

    private static PreTokenizer Regex(string pattern) => Patterns.Split(pattern, SplitBehavior.Isolated, invert: false, "GGUF");
}
