using System.Globalization;
using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
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
    /// <exception cref="OpenAiException">A schema cannot be enforced: the answer is refused rather than left free.</exception>
    public static Grammar? Of(ChatRequest request, ToolFormat? format)
    {
        ChatTools tools = request.Tools;
        JsonElement? content = request.Format.Schema ?? (request.Format.IsJson ? s_object : null);
        try
        {
            if (tools.Callable.Count == 0 || format is null)
            {
                return request.Format.Schema is { } schema ? Grammar.FromJsonSchema(schema)
                    : request.Format.IsJson ? Grammar.AnyJson(objectOnly: true) : null;
            }
            if (tools.Required)
                return ToolGrammar.Calls(format, [.. tools.Callable.Select(t => t.Schema(loose: false))], tools.Parallel);
            return content is not null || tools.Callable.Any(t => t.Strict)
                ? ToolGrammar.TextOrCalls(format, [.. tools.Callable.Select(t => t.Schema(loose: true))], tools.Parallel, content)
                : null;
        }
        catch (GrammarException e)
        {
            throw Refused(e, request);
        }
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
