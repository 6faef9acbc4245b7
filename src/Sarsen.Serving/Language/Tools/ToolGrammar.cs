using System.Text.Json;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Text.Grammars;

namespace Sarsen.Serving.Language.Tools;

/// <summary>A function that a model may call, for a constraint.</summary>
/// <param name="Name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>.</param>
/// <param name="Parameters">The JSON Schema of its arguments; any object where it is null.</param>
public sealed record ToolSchema(string Name, JsonElement? Parameters);

/// <summary>What an answer with tools may be.</summary>
public static class ToolGrammar
{
    private static readonly JsonElement s_anyObject = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>One call or more, and nothing else.</summary>
    /// <param name="format">How calls are written.</param>
    /// <param name="tools">What may be called.</param>
    /// <param name="several">Whether an answer may make more than one call.</param>
    /// <param name="thinking">What may come before.</param>
    /// <exception cref="GrammarException">A schema cannot be enforced; the message begins with <c>args</c> and the number of its tool.</exception>
    public static Grammar Calls(ToolFormat format, IReadOnlyList<ToolSchema> tools, bool several, ThinkingStart thinking = ThinkingStart.None) =>
        Behind(thinking, format.Rules(Names(tools), several && format.AllowsSeveral), "calls", Schemas(tools));

    /// <summary>Text or calls, text before them included; or JSON of a schema instead of the text.</summary>
    /// <param name="format">How calls are written.</param>
    /// <param name="tools">What may be called.</param>
    /// <param name="several">Whether an answer may make more than one call.</param>
    /// <param name="content">The JSON Schema of an answer that makes no call; null for any text.</param>
    /// <param name="thinking">What may come before.</param>
    /// <exception cref="GrammarException">A schema cannot be enforced; the message begins with <c>args</c> and the number of its tool, or with <c>content</c>.</exception>
    public static Grammar TextOrCalls(ToolFormat format, IReadOnlyList<ToolSchema> tools, bool several, JsonElement? content = null, ThinkingStart thinking = ThinkingStart.None)
    {
        Dictionary<string, JsonElement> schemas = Schemas(tools);
        if (content is { } schema)
            schemas["content"] = schema;
        string root = content is not null ? "content | calls" : format is LlamaFormat ? "free | calls" : "free calls?";
        return Behind(thinking, format.Rules(Names(tools), several && format.AllowsSeveral), root, schemas);
    }

    /// <summary>JSON of a schema behind thinking.</summary>
    /// <exception cref="GrammarException">The schema cannot be enforced; the message begins with <c>content</c>.</exception>
    public static Grammar Json(JsonElement content, ThinkingStart thinking) => Behind(thinking, "", "content", new() { ["content"] = content });

    private static Grammar Behind(ThinkingStart thinking, string rules, string root, Dictionary<string, JsonElement> schemas) =>
        Grammar.FromGbnf($"{rules}{ThinkingMarks.Rules(thinking)}root ::= thinking ( {root} )\n", schemas);

    private static string[] Names(IReadOnlyList<ToolSchema> tools) => [.. tools.Select(t => t.Name)];

    private static Dictionary<string, JsonElement> Schemas(IReadOnlyList<ToolSchema> tools) =>
        tools.Select((t, i) => (Name: $"args{i}", Schema: t.Parameters ?? s_anyObject)).ToDictionary(s => s.Name, s => s.Schema);
}
