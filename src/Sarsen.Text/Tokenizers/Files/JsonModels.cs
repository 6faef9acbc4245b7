using System.Text.Json;
using Sarsen.Text.Tokenizers.Models;

namespace Sarsen.Text.Tokenizers;

/// <summary>The models of tokenizer.json, one a line.</summary>
internal static class JsonModels
{
    private static readonly Dictionary<string, Func<JsonPart, JsonContext, TokenModel>> Known = new(StringComparer.Ordinal)
    {
        ["BPE"] = BytePair,
        ["Unigram"] = Unigram,
        ["WordPiece"] = WordPiece,
        ["WordLevel"] = (part, context) => new WordLevelModel(new Dictionary<string, int>(context.Ids, StringComparer.Ordinal), Unknown(part, context)),
    };

    public static TokenModel Read(JsonPart part, JsonContext context) => Known.TryGetValue(TypeOf(part), out Func<JsonPart, JsonContext, TokenModel>? make)
        ? make(part, context)
        : throw part.Unknown("model", Known.Keys);

    /// <summary>The vocabulary: an object of ids by token, or for Unigram a list of tokens and scores whose places are the ids.</summary>
    public static IEnumerable<(string Text, long Id)> Vocabulary(JsonPart part)
    {
        if (TypeOf(part) == "Unigram")
        {
            long id = 0;
            foreach (JsonElement pair in part.Items("vocab"))
                yield return (ScoredToken(part, pair).Text, id++);
            yield break;
        }
        JsonPart vocabulary = part.Part("vocab") ?? throw part.Fail("has no vocab");
        foreach (JsonProperty token in vocabulary.Element.EnumerateObject())
        {
            yield return token.Value.ValueKind == JsonValueKind.Number && token.Value.TryGetInt64(out long id)
                ? (token.Name, id)
                : throw vocabulary.Fail($"must give '{token.Name}' an id");
        }
    }

    // Older files do not say the type.
    internal static string TypeOf(JsonPart part) => part.Type.Length > 0 ? part.Type
        : part.Find("merges") is not null ? "BPE"
        : part.Find("vocab") is { ValueKind: JsonValueKind.Array } ? "Unigram"
        : part.Find("continuing_subword_prefix") is not null ? "WordPiece" : "WordLevel";

    private static BytePairModel BytePair(JsonPart part, JsonContext context)
    {
        if (part.Find("dropout") is { } dropout && (dropout.ValueKind != JsonValueKind.Number || dropout.GetDouble() != 0))
            throw part.Fail("has a dropout, which makes encoding random: set it to null");
        string prefix = part.TextOrNull("continuing_subword_prefix") ?? "", suffix = part.TextOrNull("end_of_word_suffix") ?? "";
        Merges merges = MergeLists.FromPairs(Pairs(part), context.Ids, prefix, part.File);
        var whole = part.Flag("ignore_merges", false) ? new Dictionary<string, int>(context.Ids, StringComparer.Ordinal) : null;
        return new BytePairModel(context.ByteLevel ? Bytes(part, context) : Characters(part, context, prefix, suffix), merges) { WholeWords = whole };
    }

    private static ByteSymbols Bytes(JsonPart part, JsonContext context) =>
        new([.. Enumerable.Range(0, 256).Select(b => context.Ids.GetValueOrDefault(ByteAlphabet.CharOf((byte)b).ToString(), -1))], Unknown(part, context));

    private static CharSymbols Characters(JsonPart part, JsonContext context, string prefix, string suffix)
    {
        int[]? fallback = part.Flag("byte_fallback", false) ? TokenTable.FallbackIds(context.Texts) : null;
        var symbols = new CharSymbols(context.Texts.Length, Unknown(part, context), part.Flag("fuse_unk", false), fallback)
        {
            ContinuingPrefix = prefix,
            EndSuffix = suffix,
            Tokens = prefix.Length + suffix.Length > 0 ? context.Ids : null,
        };
        foreach ((string text, int id) in context.Ids)
        {
            if (text.Length is 1 or 2 && System.Text.Rune.DecodeFromUtf16(text, out System.Text.Rune rune, out int used) == System.Buffers.OperationStatus.Done && used == text.Length)
                symbols.Add(rune.Value, id);
        }
        return symbols;
    }

    // A merge is "left right", or in newer files ["left", "right"], so that tokens may hold spaces.
    internal static List<(string Left, string Right)> Pairs(JsonPart part)
    {
        var pairs = new List<(string, string)>();
        foreach (JsonElement merge in part.Items("merges"))
        {
            if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2 && merge[0].ValueKind == JsonValueKind.String && merge[1].ValueKind == JsonValueKind.String)
            {
                pairs.Add((part.StringOf(merge[0]), part.StringOf(merge[1])));
                continue;
            }
            string[] two = merge.ValueKind == JsonValueKind.String ? part.StringOf(merge).Split(' ') : [];
            pairs.Add(two.Length == 2 ? (two[0], two[1]) : throw part.Fail($"has a merge {pairs.Count} that is not two tokens with a space between, or a list of two"));
        }
        return pairs;
    }

    private static UnigramModel Unigram(JsonPart part, JsonContext context)
    {
        double[] scores = [.. part.Items("vocab").Select(pair => ScoredToken(part, pair).Score)];
        long unknown = part.Number("unk_id");
        if (unknown < 0 || unknown >= scores.Length)
            throw part.Fail($"has the unk_id {unknown}, which is no token");
        int[]? fallback = part.Flag("byte_fallback", false) ? TokenTable.FallbackIds(context.Texts) : null;
        return new UnigramModel(context.Ids.Select(t => (t.Key, t.Value)), scores, scores.Min(), (int)unknown, fallback, single: false);
    }

    private static (string Text, double Score) ScoredToken(JsonPart part, JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[0].ValueKind == JsonValueKind.String
            && pair[1].ValueKind == JsonValueKind.Number && pair[1].TryGetDouble(out double score) && double.IsFinite(score)
            ? (part.StringOf(pair[0]), score)
            : throw part.Fail("must have a vocab of tokens with scores");

    private static WordPieceModel WordPiece(JsonPart part, JsonContext context)
    {
        string prefix = part.TextOrNull("continuing_subword_prefix") ?? "##";
        int unknown = Unknown(part, context);
        if (unknown < 0)
            throw part.Fail("must name its unk_token");
        return new WordPieceModel(
            context.Ids.Select(t => (t.Key, t.Value)),
            context.Ids.Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal)).Select(t => (t.Key[prefix.Length..], t.Value)),
            unknown, (int)Math.Clamp(part.Number("max_input_chars_per_word", 100), 0, int.MaxValue));
    }

    private static int Unknown(JsonPart part, JsonContext context) => part.TextOrNull("unk_token") is not { } text ? -1
        : context.Ids.TryGetValue(text, out int id) ? id : throw part.Fail($"has the unk_token '{text}', which is no token");
}
