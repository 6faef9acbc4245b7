using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Serving.Language;
using Sarsen.Tensors;
using Sarsen.Text.Templates;
using Sarsen.Text.Tokenizers;

namespace Sarsen.Serving.Tests.Language;

/// <summary>
/// A small model that says one text, whatever it is told: the logits of the next token depend on the last one alone. Tokens
/// are the 256 bytes, marks of conversations, and the pieces of its text, each of which leads to the next, the last to the end.
/// </summary>
internal sealed class ScriptedModel : LanguageModel
{
    private const int Bytes = 256, PieceLength = 4;

    /// <summary>Hermes's format of tool calls, and messages between marks.</summary>
    public const string HermesTemplate = """
        {%- if tools %}<|im_start|>system
        Call them within <tool_call></tool_call>:{% for tool in tools %} {{ tool | tojson }}{% endfor %}<|im_end|>
        {% endif %}
        {%- for message in messages %}<|im_start|>{{ message.role }}
        {{ message.content }}<|im_end|>
        {% endfor %}
        {%- if add_generation_prompt %}<|im_start|>assistant
        {% endif %}
        """;

    private static readonly string[] s_special = ["<|im_start|>", "<|im_end|>", "<tool_call>", "</tool_call>", "[TOOL_CALLS]", "<|python_tag|>"];

    private readonly Embedding _next;
    private readonly Action? _onStep;
    private readonly int _contextLength;

    private ScriptedModel(int[] script, int vocabulary, int end, int contextLength, Action? onStep)
    {
        (_onStep, _contextLength) = (onStep, contextLength);
        _next = AddChild("next", new Embedding(vocabulary, vocabulary));
        Span<float> logits = _next.Weight.Value.AsSpan<float>();
        for (int token = 0; token < vocabulary; token++)
        {
            int at = Array.IndexOf(script, token);
            Span<float> row = logits.Slice(token * vocabulary, vocabulary);
            for (int i = 0; i < vocabulary; i++)
                row[i] = -0.01f * i;
            row[at == script.Length - 1 ? end : script[at + 1]] = 30;
        }
    }

    public override int VocabSize => (int)_next.Weight.Value.Shape[0];

    public override int ContextLength => _contextLength;

    public override KvShape KvShape => new(1, 1, 8);

    /// <param name="says">What it says.</param>
    /// <param name="template">How it is told conversations; null for none.</param>
    /// <param name="contextLength">The most tokens of prompt and answer.</param>
    /// <param name="onStep">Told before each step.</param>
    public static LoadedLanguageModel Load(string says, string? template = HermesTemplate, int contextLength = 2048, Action? onStep = null)
    {
        var vocabulary = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int b = 0; b < Bytes; b++)
            vocabulary[Letter((byte)b)] = b;
        var script = new List<int>();
        foreach (string piece in Pieces(says))
        {
            string spelled = string.Concat(Encoding.UTF8.GetBytes(piece).Select(Letter));
            script.Add(Array.IndexOf(s_special, piece) is >= 0 and int mark ? Bytes + mark : vocabulary[spelled] = Bytes + s_special.Length + script.Count);
        }
        int count = Bytes + s_special.Length + script.Count;
        Tokenizer tokenizer = TokenizerJson.Read(Encoding.UTF8.GetBytes(Json(vocabulary)), "tokenizer.json");
        return new LoadedLanguageModel
        {
            Path = "scripted",
            Model = new ScriptedModel([.. script], count, Bytes + 1, contextLength, onStep),
            Tokenizer = tokenizer,
            EndTokens = new HashSet<int> { Bytes + 1 },
            Template = template is null ? null : ChatTemplate.Parse(template),
        };
    }

    protected override Tensor Forward(in TokenContext context)
    {
        _onStep?.Invoke();
        Tensor ids = context.Ids;
        Tensor logits = _next.Call(ids); // (N, vocabSize)
        return context.LogitRows.IsNone ? logits : context.LogitRows.Embedding(logits); // (wanted, vocabSize)
    }

    // Marks are tokens of their own; between them pieces grow until each is there once, and none is a single letter, which is a
    // token already.
    private static IEnumerable<string> Pieces(string text)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        for (int at = 0; at < text.Length;)
        {
            string? mark = s_special.FirstOrDefault(m => string.CompareOrdinal(text, at, m, 0, m.Length) == 0);
            int next = s_special.Select(m => text.IndexOf(m, at, StringComparison.Ordinal)).Where(i => i > at).DefaultIfEmpty(text.Length).Min();
            int length = mark?.Length ?? Math.Min(PieceLength, next - at);
            while (mark is null && at + length < next && (known.Contains(text.Substring(at, length)) || next - at - length == 1 || char.IsHighSurrogate(text[at + length - 1])))
                length++;
            string piece = text.Substring(at, length);
            if (!known.Add(piece))
                throw new ArgumentException($"the script says '{piece}' twice where no other piece can be made: change it", nameof(text));
            yield return piece;
            at += length;
        }
    }

    private static string Json(Dictionary<string, int> vocabulary)
    {
        var added = new JsonArray();
        for (int i = 0; i < s_special.Length; i++)
        {
            // As in Qwen's files, the marks of calls are no special tokens; Mistral's and Llama's are.
            bool special = !s_special[i].Contains("tool_call", StringComparison.Ordinal);
            added.Add(new JsonObject
            {
                ["id"] = Bytes + i,
                ["content"] = s_special[i],
                ["single_word"] = false,
                ["lstrip"] = false,
                ["rstrip"] = false,
                ["normalized"] = false,
                ["special"] = special,
            });
        }
        var all = new JsonObject();
        foreach ((string token, int id) in vocabulary)
            all[token] = id;
        JsonObject ByteLevel() => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = false, ["use_regex"] = false };
        return new JsonObject
        {
            ["version"] = "1.0",
            ["added_tokens"] = added,
            ["normalizer"] = null,
            ["pre_tokenizer"] = ByteLevel(),
            ["post_processor"] = null,
            ["decoder"] = ByteLevel(),
            ["model"] = new JsonObject { ["type"] = "BPE", ["vocab"] = all, ["merges"] = new JsonArray() },
        }.ToJsonString();
    }

    /// <summary>The letter that stands for a byte in vocabularies of bytes (GPT-2).</summary>
    private static string Letter(byte value)
    {
        static bool Stands(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
        int code = Stands(value) ? value : 256 + Enumerable.Range(0, value).Count(b => !Stands(b));
        return ((char)code).ToString(CultureInfo.InvariantCulture);
    }
}
