using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>What a tiktoken file leaves unsaid. Source: <c>openai_public.py</c> of openai/tiktoken.</summary>
/// <param name="Pattern">What text is cut into words by.</param>
/// <param name="Special">Special tokens and their ids.</param>
public sealed record TiktokenEncoding(string Pattern, IReadOnlyDictionary<string, int> Special)
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string EndOfText = "<|endoftext|>";

    public static TiktokenEncoding R50k { get; } = new(Gpt2Splitter.Pattern, new Dictionary<string, int> { [EndOfText] = 50256 });

    /// <summary>p50k_base; p50k_edit has the same tokens and other special ones.</summary>
    public static TiktokenEncoding P50k { get; } = R50k;

    public static TiktokenEncoding Cl100k { get; } = new(
        Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        new Dictionary<string, int>
        {
            [EndOfText] = 100257,
            ["<|fim_prefix|>"] = 100258,
            ["<|fim_middle|>"] = 100259,
            ["<|fim_suffix|>"] = 100260,
            ["<|endofprompt|>"] = 100276,
        });

    public static TiktokenEncoding O200k { get; } = new(
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+" + Contractions
        + @"?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*" + Contractions
        + @"?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        new Dictionary<string, int> { [EndOfText] = 199999, ["<|endofprompt|>"] = 200018 });

    /// <summary>The encodings by the names of their files.</summary>
    public static IReadOnlyDictionary<string, TiktokenEncoding> ByName { get; } = new Dictionary<string, TiktokenEncoding>
    {
        ["r50k_base"] = R50k,
        ["p50k_base"] = P50k,
        ["cl100k_base"] = Cl100k,
        ["o200k_base"] = O200k,
    };
}
