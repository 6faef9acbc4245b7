using System.Text.Json;
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
    /// <exception cref="GrammarException">A schema cannot be enforced; the message begins with <c>args</c> and the number of its tool.</exception>
    public static Grammar Calls(ToolFormat format, IReadOnlyList<ToolSchema> tools, bool several) =>
        Grammar.FromGbnf(format.Rules(Names(tools), several && format.AllowsSeveral) + "root ::= calls\n", Schemas(tools));

    /// <summary>Text or calls, text before them included; or JSON of a schema instead of the text.</summary>
    /// <param name="format">How calls are written.</param>
    /// <param name="tools">What may be called.</param>
    /// <param name="several">Whether an answer may make more than one call.</param>
    /// <param name="content">The JSON Schema of an answer that makes no call; null for any text.</param>
    /// <exception cref="GrammarException">A schema cannot be enforced; the message begins with <c>args</c> and the number of its tool, or with <c>content</c>.</exception>
    public static Grammar TextOrCalls(ToolFormat format, IReadOnlyList<ToolSchema> tools, bool several, JsonElement? content = null)
    {
        Dictionary<string, JsonElement> schemas = Schemas(tools);
        if (content is { } schema)
            schemas["content"] = schema;
        string root = content is not null ? "content | calls" : format is LlamaFormat ? "free | calls" : "free calls?";
        return Grammar.FromGbnf(format.Rules(Names(tools), several && format.AllowsSeveral) + $"root ::= {root}\n", schemas);
    }

    private static string[] Names(IReadOnlyList<ToolSchema> tools) => [.. tools.Select(t => t.Name)];

    private static Dictionary<string, JsonElement> Schemas(IReadOnlyList<ToolSchema> tools) =>
        tools.Select((t, i) => (Name: $"args{i}", Schema: t.Parameters ?? s_anyObject)).ToDictionary(s => s.Name, s => s.Schema);
}
