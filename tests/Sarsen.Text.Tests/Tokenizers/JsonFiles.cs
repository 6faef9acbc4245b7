using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>A tokenizer.json put together from vocabularies of the test data, in the shape that the models' own files have.</summary>
internal static class JsonFiles
{
    public static byte[] ByteLevel(IReadOnlyList<string> tokens, IReadOnlyList<string> merges, JsonArray added, JsonObject? template = null) => Bytes(new JsonObject
    {
        ["added_tokens"] = added,
        ["pre_tokenizer"] = Node("""{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}"""),
        ["post_processor"] = template,
        ["decoder"] = Node("""{"type":"ByteLevel"}"""),
        ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = Vocabulary(tokens), ["merges"] = new JsonArray([.. merges.Select(m => (JsonNode)m)]) },
    });

    public static byte[] Bert(IReadOnlyList<string> tokens, JsonArray added, JsonNode template, string unknown) => Bytes(new JsonObject
    {
        ["added_tokens"] = added,
        ["normalizer"] = Node("""{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}"""),
        ["pre_tokenizer"] = Node("""{"type":"BertPreTokenizer"}"""),
        ["post_processor"] = template,
        ["decoder"] = Node("""{"type":"WordPiece","prefix":"##","cleanup":true}"""),
        ["model"] = new JsonObject { ["type"] = "WordPiece", ["unk_token"] = unknown, ["continuing_subword_prefix"] = "##", ["max_input_chars_per_word"] = 100, ["vocab"] = Vocabulary(tokens) },
    });

    public static JsonNode Added(int id, string content, bool strips = false) => new JsonObject
    {
        ["id"] = id,
        ["content"] = content,
        ["single_word"] = false,
        ["lstrip"] = strips,
        ["rstrip"] = strips,
        ["normalized"] = false,
        ["special"] = true,
    };

    /// <summary>Ids before a text and behind it, each a special token of that name.</summary>
    public static JsonObject Template(int[] before, int[] after)
    {
        JsonNode Special(int id) => new JsonObject { ["SpecialToken"] = new JsonObject { ["id"] = $"s{id}", ["type_id"] = 0 } };
        var tokens = new JsonObject();
        foreach (int id in before.Concat(after).Distinct())
            tokens[$"s{id}"] = new JsonObject { ["id"] = $"s{id}", ["ids"] = new JsonArray(id), ["tokens"] = new JsonArray($"s{id}") };
        return new JsonObject
        {
            ["type"] = "TemplateProcessing",
            ["single"] = new JsonArray([.. before.Select(Special), Node("""{"Sequence":{"id":"A","type_id":0}}"""), .. after.Select(Special)]),
            ["special_tokens"] = tokens,
        };
    }

    public static JsonNode Node(string json) => JsonNode.Parse(json)!;

    private static JsonObject Vocabulary(IReadOnlyList<string> tokens)
    {
        var vocabulary = new JsonObject();
        for (int id = 0; id < tokens.Count; id++)
            vocabulary[tokens[id]] = id;
        return vocabulary;
    }

    private static byte[] Bytes(JsonObject root) => JsonSerializer.SerializeToUtf8Bytes(root);
}
