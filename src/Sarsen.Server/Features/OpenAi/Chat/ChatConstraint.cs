using System.Globalization;
using System.Text;
using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;
using Sarsen.Text.Grammars;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>The grammar that holds an answer to its format and to the schemas of its tools.</summary>
internal static class ChatConstraint
{
    private static readonly JsonElement s_object = JsonDocument.Parse("""{"type": "object"}""").RootElement.Clone();

    /// <summary>Null where the answer may be anything.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="format">How the model writes calls; null where there are no tools.</param>
    /// <param name="thinking">What may come before it, free of all constraints.</param>
    /// <param name="known">Those that were asked for before.</param>
    /// <param name="stop">Ends the waiting for one that another request compiles.</param>
    /// <exception cref="Sarsen.Serving.OverloadException">Those of other requests take all the memory that there is for them.</exception>
    /// <exception cref="OpenAiException">A schema cannot be enforced: the answer is refused rather than left free.</exception>
    public static async Task<ConstraintLease?> OfAsync(ChatRequest request, ToolFormat? format, ThinkingStart thinking, ConstraintCache known, CancellationToken stop)
    {
        JsonElement? content = request.Format.Schema ?? (request.Format.IsJson ? s_object : null);
        bool calls = format is not null && request.Tools.Callable.Count > 0;
        if (content is null && !(calls && (request.Tools.Required || request.Tools.Callable.Any(t => t.Strict))))
            return null;
        try
        {
            ToolFormat? used = calls ? format : null;
            return await known.UseAsync(Key(request, used, thinking, content), () => Compile(request, used, thinking, content), stop);
        }
        catch (GrammarException e)
        {
            throw Refused(e, request);
        }
    }

    private static Grammar Compile(ChatRequest request, ToolFormat? format, ThinkingStart thinking, JsonElement? content)
    {
        if (format is null && thinking != ThinkingStart.None)
            return ToolGrammar.Json(content!.Value, thinking);
        if (format is null)
            return request.Format.Schema is { } schema ? Grammar.FromJsonSchema(schema) : Grammar.AnyJson(objectOnly: true);
        ChatTools tools = request.Tools;
        ToolSchema[] schemas = Schemas(tools);
        return tools.Required
            ? ToolGrammar.Calls(format, schemas, tools.Parallel, thinking)
            : ToolGrammar.TextOrCalls(format, schemas, tools.Parallel, content, thinking);
    }

    private static ToolSchema[] Schemas(ChatTools tools) => [.. tools.Callable.Select(t => t.Schema(loose: !tools.Required))];

    // All that the grammar is made of; each part with its length before it, so that no two are spelled alike.
    private static string Key(ChatRequest request, ToolFormat? format, ThinkingStart thinking, JsonElement? content)
    {
        var key = new StringBuilder();
        Add(thinking.ToString());
        if (format is not null)
        {
            Add($"{format.Name} {request.Tools.Required} {request.Tools.Parallel}");
            foreach (ToolSchema tool in Schemas(request.Tools))
            {
                Add(tool.Name);
                Add(tool.Parameters?.GetRawText());
            }
        }
        else
            Add(request.Format.Schema is null ? "object" : "schema");
        Add(request.Tools.Required && format is not null ? null : content?.GetRawText());
        return key.ToString();

        void Add(string? part) => key.Append(CultureInfo.InvariantCulture, $"{part?.Length ?? -1} ").Append(part);
    }

    // A schema of several says which it is by its rule's name before the path.
    private static OpenAiException Refused(GrammarException e, ChatRequest request)
    {
        string message = e.Message;
        int mark = message.IndexOf("args", StringComparison.Ordinal), end = message.IndexOf('#', StringComparison.Ordinal);
        if (mark >= 0 && end > mark && int.TryParse(message[(mark + 4)..end], NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < request.Tools.Callable.Count)
        {
            ChatTool tool = request.Tools.Callable[index];
            return OpenAiException.Invalid($"the parameters of the function '{tool.Name}' cannot be enforced: {message}", $"tools[{tool.Place}].function.parameters", "invalid_function_parameters", e);
        }
        return request.Format.Schema is null
            ? OpenAiException.Invalid($"the parameters of the tools cannot be enforced: {message}", "tools", "invalid_function_parameters", e)
            : OpenAiException.Invalid($"the schema of the response format '{request.Format.Name}' cannot be enforced: {message}", "response_format", "invalid_json_schema", e);
    }
}
