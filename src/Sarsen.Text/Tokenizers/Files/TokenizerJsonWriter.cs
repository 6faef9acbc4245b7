using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Formats;
using Sarsen.Text.Tokenizers.PreTokenizers;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// A <c>tokenizer.json</c> from the metadata of a GGUF file: the one that it holds, else one made of the keys below
/// <c>tokenizer.ggml.</c>, for the models <c>gpt2</c> and <c>llama</c>.
/// </summary>
public static class TokenizerJsonWriter
{
    private static readonly JsonSerializerOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true };

    /// <param name="metadata">As <see cref="GgufTokenizer.Read"/> takes it.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="ModelFormatException">Metadata are missing or contradict each other, or the tokenizer is of another kind.</exception>
    public static byte[] Write(IReadOnlyDictionary<string, object> metadata, string file)
    {
        if (metadata.GetValueOrDefault(GgufTokenizer.WholeFile) is string whole)
            return Encoding.UTF8.GetBytes(whole);
        Tokenizer tokenizer = GgufTokenizer.Read(metadata, file);
        var values = new GgufValues(metadata, file);
        string kind = values.Text("model")!;
        IReadOnlyList<string> tokens = values.Texts("tokens")!;
        int[] types = values.Integers("token_type", tokens.Count) ?? [.. Enumerable.Repeat(GgufTokenizer.Normal, tokens.Count)];
        var root = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = Added(tokens, types),
            ["normalizer"] = null,
            ["pre_tokenizer"] = null,
            ["post_processor"] = Around(tokenizer, tokens),
            ["decoder"] = null,
            ["model"] = null,
        };
        switch (kind)
        {
            case "gpt2":
                BytePair(root, values, tokens, types);
                break;
            case "llama":
                SentencePiece(root, values, tokens, types);
                break;
            default:
                throw new ModelFormatException(file, 0, $"tokenizer.ggml.model is '{kind}': a tokenizer.json is made of gpt2 and llama");
        }
        return JsonSerializer.SerializeToUtf8Bytes(root, s_options);
    }

    private static JsonArray Added(IReadOnlyList<string> tokens, int[] types)
    {
        var added = new JsonArray();
        for (int id = 0; id < tokens.Count; id++)
        {
            if (types[id] is GgufTokenizer.Control or GgufTokenizer.Unknown or GgufTokenizer.UserDefined)
            {
                added.Add(new JsonObject
                {
                    ["id"] = id,
                    ["content"] = tokens[id],
                    ["single_word"] = false,
                    ["lstrip"] = false,
                    ["rstrip"] = false,
                    ["normalized"] = false,
                    ["special"] = types[id] != GgufTokenizer.UserDefined,
                });
            }
        }
        return added;
    }

    private static JsonObject? Around(Tokenizer tokenizer, IReadOnlyList<string> tokens)
    {
        // A text of one token shows where it stands.
        int[] plain = tokenizer.Encode("a"), around = tokenizer.Encode("a", new EncodeOptions(AddSpecial: true));
        int before = Enumerable.Range(0, around.Length).FirstOrDefault(at => around.AsSpan(at).StartsWith(plain), 0);
        int[] first = around[..before], last = around[(before + plain.Length)..];
        if (first.Length + last.Length == 0)
            return null;
        JsonArray Of(params IEnumerable<string> texts) =>
            new([.. texts.SelectMany(text => first.Select(Special).Append(Sequence(text)).Concat(last.Select(Special)))]);
        JsonNode Special(int id) => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = tokens[id], ["type_id"] = 0 } };
        JsonNode Sequence(string text) => new JsonObject { ["Sequence"] = new JsonObject { ["id"] = text, ["type_id"] = 0 } };
        var special = new JsonObject();
        foreach (int id in first.Concat(last).Distinct())
            special[tokens[id]] = new JsonObject { ["id"] = tokens[id], ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray(tokens[id]) };
        return new JsonObject { ["type"] = "TemplateProcessing", ["single"] = Of("A"), ["pair"] = Of("A", "B"), ["special_tokens"] = special };
    }

    private static void BytePair(JsonObject root, GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        string pre = values.Text("pre") ?? "default";
        IReadOnlyList<string> patterns = GgufPreTokenizers.PatternsOf(pre, values.File);
        JsonObject ByteLevel(bool regex) => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = regex };
        root["pre_tokenizer"] = patterns is [Gpt2Splitter.Pattern] ? ByteLevel(true) : new JsonObject
        {
            ["type"] = "Sequence",
            ["pretokenizers"] = new JsonArray([.. patterns.Select(Split).Append(ByteLevel(false))]),
        };
        root["decoder"] = ByteLevel(true);
        root["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = null,
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = false,
            ["ignore_merges"] = GgufPreTokenizers.TakesWholeWords(pre),
            ["vocab"] = Vocabulary(tokens, id => types[id] is GgufTokenizer.Normal or GgufTokenizer.ByteType),
            ["merges"] = new JsonArray([.. values.Texts("merges")!.Select(merge => (JsonNode)merge)]),
        };
    }

    private static JsonNode Split(string pattern) =>
        new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false };

    private static void SentencePiece(JsonObject root, GgufValues values, IReadOnlyList<string> tokens, int[] types)
    {
        bool prefix = values.Flag("add_space_prefix") ?? true;
        JsonObject Replace(string from, string to) => new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = from }, ["content"] = to };
        root["normalizer"] = prefix
            ? new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = "▁" }, Replace(" ", "▁")) }
            : Replace(" ", "▁");
        var decoders = new JsonArray(Replace("▁", " "), new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" });
        if (prefix)
            decoders.Add(new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        root["decoder"] = new JsonObject { ["type"] = "Sequence", ["decoders"] = decoders };
        root["model"] = new JsonObject
        {
            ["type"] = "BPE",
            ["dropout"] = null,
            ["unk_token"] = tokens[values.Id("unknown_token_id", tokens.Count) ?? 0],
            ["continuing_subword_prefix"] = null,
            ["end_of_word_suffix"] = null,
            ["fuse_unk"] = false,
            ["byte_fallback"] = true,
            ["ignore_merges"] = false,
            ["vocab"] = Vocabulary(tokens, id => types[id] != GgufTokenizer.Unused),
            ["merges"] = Merges(tokens, types, values.Floats("scores", tokens.Count)!),
        };
    }

    /// <summary>All ways to make a token of two others, those of the highest score first.</summary>
    private static JsonArray Merges(IReadOnlyList<string> tokens, int[] types, float[] scores)
    {
        int[] normal = [.. Enumerable.Range(0, tokens.Count).Where(id => types[id] is GgufTokenizer.Normal or GgufTokenizer.UserDefined)];
        var known = normal.Select(id => tokens[id]).ToHashSet(StringComparer.Ordinal);
        HashSet<string>.AlternateLookup<ReadOnlySpan<char>> parts = known.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new JsonArray();
        foreach (int id in normal.OrderByDescending(id => scores[id]).ThenBy(id => id))
        {
            string token = tokens[id];
            for (int cut = 1; cut < token.Length; cut++)
            {
                // As a list of two: a token may hold a space.
                if (parts.Contains(token.AsSpan(0, cut)) && parts.Contains(token.AsSpan(cut)))
                    merges.Add(new JsonArray(token[..cut], token[cut..]));
            }
        }
        return merges;
    }

    private static JsonObject Vocabulary(IReadOnlyList<string> tokens, Func<int, bool> wanted)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.Count; id++)
        {
            if (wanted(id) && !vocabulary.ContainsKey(tokens[id]))
                vocabulary[tokens[id]] = id;
        }
        return vocabulary;
    }
}
