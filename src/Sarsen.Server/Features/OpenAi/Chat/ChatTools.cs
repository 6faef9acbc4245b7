using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language.Tools;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>A tool of a request.</summary>
/// <param name="Name">The function.</param>
/// <param name="Parameters">The JSON Schema of its arguments; null where it takes none.</param>
/// <param name="Strict">Arguments are held to the schema also where the model chooses whether it calls.</param>
/// <param name="Definition">As it was sent, for the template.</param>
/// <param name="Place">Its place in the request.</param>
internal sealed record ChatTool(string Name, JsonElement? Parameters, bool Strict, JsonElement Definition, int Place)
{
    private static readonly JsonElement s_nothing = JsonDocument.Parse("""{"type": "object", "properties": {}, "additionalProperties": false}""").RootElement.Clone();

    /// <param name="loose">Any arguments, where the tool does not insist on its schema.</param>
    public ToolSchema Schema(bool loose) => new(Name, loose && !Strict ? null : Parameters ?? s_nothing);
}

/// <summary>What a model may call, and whether it must.</summary>
/// <param name="All">As they were sent.</param>
/// <param name="Callable">Those that may be called.</param>
/// <param name="Required">At least one must be called.</param>
/// <param name="Parallel">More than one may be called.</param>
internal sealed record ChatTools(IReadOnlyList<ChatTool> All, IReadOnlyList<ChatTool> Callable, bool Required, bool Parallel)
{
    private const int Most = 128, LongestName = 64;

    public static ChatTools None { get; } = new([], [], false, false);

    /// <exception cref="OpenAiException">A tool is wrong, or the choice names none of them.</exception>
    public static ChatTools Read(RequestFields fields)
    {
        bool parallel = fields.Flag("parallel_tool_calls") ?? true;
        JsonElement? choice = fields.Any("tool_choice");
        List<ChatTool> tools = [.. fields.Array("tools")?.EnumerateArray().Select((t, i) => Tool(t, i)) ?? []];
        if (tools.Count > Most)
            throw OpenAiException.Invalid($"there are {tools.Count} tools: at most {Most} are allowed", "tools", "array_above_max_length");
        if (tools.DistinctBy(t => t.Name).Count() < tools.Count)
            throw OpenAiException.Invalid("two tools have one name: each needs its own", "tools");
        if (choice is null || choice.Value is { ValueKind: JsonValueKind.String } && choice.Value.GetString() is "none" or "auto" && tools.Count == 0)
            return tools.Count == 0 ? None : new ChatTools(tools, tools, Required: false, parallel);
        if (tools.Count == 0)
            throw OpenAiException.Invalid("'tool_choice' is there, and no 'tools' are", "tool_choice");
        if (choice.Value.ValueKind != JsonValueKind.String)
            return Chosen(new RequestFields(choice.Value, "tool_choice"), tools, parallel);
        return fields.Word("tool_choice", "none", "auto", "required") switch
        {
            "none" => None,
            "auto" => new ChatTools(tools, tools, Required: false, parallel),
            _ => new ChatTools(tools, tools, Required: true, parallel),
        };
    }

    private static ChatTools Chosen(RequestFields choice, List<ChatTool> tools, bool parallel)
    {
        if (choice.Word("type", "function", "allowed_tools") is not { } type)
            throw choice.Missing("type");
        ChatTools chosen;
        if (type == "function")
        {
            chosen = new ChatTools(tools, [Named(choice, tools)], Required: true, Parallel: false);
        }
        else
        {
            RequestFields allowed = choice.Object("allowed_tools") ?? throw choice.Missing("allowed_tools");
            bool required = allowed.Word("mode", "auto", "required") == "required";
            JsonElement list = allowed.Array("tools") ?? throw allowed.Missing("tools");
            ChatTool[] named = [.. list.EnumerateArray().Select((t, i) => Named(new RequestFields(t, $"{allowed.NameOf("tools")}[{i}]"), tools))];
            allowed.Done();
            if (named.Length == 0)
                throw OpenAiException.Invalid($"'{allowed.NameOf("tools")}' is empty: say 'none' to allow no tool", allowed.NameOf("tools"), "empty_array");
            chosen = new ChatTools(named, named, required, parallel);
        }
        choice.Done();
        return chosen;
    }

    private static ChatTool Named(RequestFields reference, List<ChatTool> tools)
    {
        reference.Word("type", "function");
        RequestFields function = reference.Object("function") ?? throw reference.Missing("function");
        string name = function.RequiredText("name");
        function.Done();
        return tools.Find(t => t.Name == name) ?? throw OpenAiException.Invalid($"'tool_choice' names '{name}', which is none of the tools", "tool_choice");
    }

    private static ChatTool Tool(JsonElement definition, int place)
    {
        var fields = new RequestFields(definition, $"tools[{place}]");
        if (fields.RequiredText("type") is var type && type != "function")
            throw OpenAiException.Invalid($"'{fields.NameOf("type")}' is '{type}': tools here are functions", fields.NameOf("type"));
        RequestFields function = fields.Object("function") ?? throw fields.Missing("function");
        string name = function.RequiredText("name");
        if (name.Length is 0 or > LongestName || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            throw OpenAiException.Invalid($"'{function.NameOf("name")}' is '{name}': names have 1 to {LongestName} letters, digits, '_' and '-'", function.NameOf("name"));
        function.Text("description");
        bool strict = function.Flag("strict") ?? false;
        JsonElement? parameters = function.Any("parameters");
        if (parameters is { ValueKind: not JsonValueKind.Object } wrong)
            throw RequestFields.Wrong(function.NameOf("parameters"), "a JSON Schema, which is an object", wrong);
        function.Done();
        fields.Done();
        return new ChatTool(name, parameters, strict, definition, place);
    }
}
