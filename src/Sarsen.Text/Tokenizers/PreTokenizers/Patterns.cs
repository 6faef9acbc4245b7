using System.Text.RegularExpressions;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>
/// Patterns as files spell them: those with a scanner of their own, one a line, and for all others the runtime's regular
/// expressions, with a limit of time because patterns of strangers can backtrack for ever.
/// </summary>
internal static class Patterns
{
    private const string Contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
    private const string Spaces = @"\s*[\r\n]+|\s+(?!\S)|\s+";
    private const string Upper = @"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]";
    private const string Lower = @"[\p{Ll}\p{Lm}\p{Lo}\p{M}]";

    /// <summary>Llama 3's and GPT-4's, by numbers of up to three digits.</summary>
    public const string Cl100k = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Spaces;

    /// <summary>Qwen 2's: the same by single digits.</summary>
    public const string Cl100kDigits = Contractions + @"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|" + Spaces;

    /// <summary>Qwen 3.5's: marks belong to the letters before them.</summary>
    public const string Cl100kMarks = Contractions + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + Spaces;

    /// <summary>GPT-4o's.</summary>
    public const string O200k = @$"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+{Contractions}?|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*{Contractions}?|\p{{N}}{{1,3}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{Spaces}";

    /// <summary>Mistral's Tekken.</summary>
    public const string Tekken = @$"[^\r\n\p{{L}}\p{{N}}]?{Upper}*{Lower}+|[^\r\n\p{{L}}\p{{N}}]?{Upper}+{Lower}*|\p{{N}}| ?[^\s\p{{L}}\p{{N}}]+[\r\n/]*|{Spaces}";

    /// <summary>Every digit, and every number whole.</summary>
    public const string Digit = @"\p{N}", Number = @"\p{N}+";

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);

    private static readonly Dictionary<string, Func<Splitter>> Scanners = new(StringComparer.Ordinal)
    {
        [Gpt2Splitter.Pattern] = () => new Gpt2Splitter(),
        [@"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"] = () => new Gpt2Splitter(),
        [Cl100k] = () => new Cl100kSplitter(3),
        [Cl100kDigits] = () => new Cl100kSplitter(1),
        [Cl100kMarks] = () => new Cl100kSplitter(1, marks: true),
        [O200k] = () => new O200kSplitter(3, contractions: true),
        [Tekken] = () => new O200kSplitter(1, contractions: false),
        [Digit] = () => new DigitSplitter(individual: true),
        [Number] = () => new DigitSplitter(individual: false),
    };

    /// <summary>The patterns that have scanners.</summary>
    public static IReadOnlyCollection<string> Known => Scanners.Keys;

    /// <summary>What cuts a text at the matches of a pattern.</summary>
    /// <exception cref="ModelFormatException">It is no pattern.</exception>
    public static PreTokenizer Split(string pattern, SplitBehavior behavior, bool invert, string file)
    {
        // What these patterns leave unmatched is nothing, so each match is a word whether matches are kept or what is between dropped.
        bool whole = (behavior, invert) is (SplitBehavior.Isolated, _) or (SplitBehavior.Removed, true);
        return whole && Scanners.TryGetValue(pattern, out Func<Splitter>? scanner)
            && (behavior == SplitBehavior.Isolated || !pattern.StartsWith(@"\p{N}", StringComparison.Ordinal))
            ? scanner()
            : new RegexSplit(Compile(pattern, file), behavior, invert);
    }

    /// <exception cref="ModelFormatException">It is no pattern.</exception>
    public static Regex Compile(string pattern, string file)
    {
        try
        {
            return new Regex(RegexDialect.Translate(pattern), RegexOptions.CultureInvariant, Longest);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException(file, 0, $"the pattern '{pattern}' is no regular expression that can be run here: {e.Message}", e);
        }
    }
}
