using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Text.Templates;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>A conversation as a model is told it.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Thinking">Where the answer may think.</param>
internal sealed record ChatPrompt(int[] Tokens, ThinkingStart Thinking)
{
    /// <exception cref="OpenAiException">The model converses not at all, or not so, or not as long.</exception>
    public static ChatPrompt Of(LanguageEngine engine, ChatRequest request)
    {
        LoadedLanguageModel model = engine.Model;
        if (model.Template is null)
            throw OpenAiException.Invalid($"the model '{request.Model}' has no chat template: it continues texts (/v1/completions), it does not converse", "model", "unsupported_model");
        JsonElement[]? tools = request.Tools.Callable.Count > 0 ? [.. request.Tools.All.Select(t => t.Definition)] : null;
        string text = Render(request.Model, () => model.Render(request.Messages, tools, request.Variables));
        GenerationFields.CheckLength(engine, text, "messages");
        return new ChatPrompt(model.EncodeRendered(text), model.ThinkingAfter(text));
    }

    /// <summary>What a template writes.</summary>
    /// <exception cref="OpenAiException">It cannot.</exception>
    public static string Render(string model, Func<string> write)
    {
        try
        {
            return write();
        }
        catch (TemplateException e)
        {
            throw OpenAiException.Invalid($"the template of '{model}' cannot write this conversation: {e.Message}", "messages", "invalid_value", e);
        }
    }
}
