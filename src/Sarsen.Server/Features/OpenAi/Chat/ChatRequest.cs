using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Serving.Language;
using Sarsen.Text.Templates;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>A request for an answer to a conversation; what is in it has been checked, as far as no model is needed.</summary>
internal sealed record ChatRequest
{
    public required string Model { get; init; }

    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>How answers are generated; without their constraint.</summary>
    public required GenerationOptions Options { get; init; }

    public required int Answers { get; init; }

    /// <summary>Null where the answer is not streamed; else whether its usage follows.</summary>
    public required bool? StreamsUsage { get; init; }

    public required ChatTools Tools { get; init; }

    public required ResponseFormat Format { get; init; }

    /// <summary>Further variables of the template.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Variables { get; init; }

    /// <exception cref="OpenAiException">A field is wrong.</exception>
    public static ChatRequest Read(RequestFields fields)
    {
        bool logprobs = fields.Flag("logprobs") ?? false;
        long? top = fields.Integer("top_logprobs", 0, GenerationOptions.MostTopLogprobs);
        if (top is not null && !logprobs)
            throw OpenAiException.Invalid("'top_logprobs' is there, and 'logprobs' is not true: set it, or leave this out", "top_logprobs");
        long? most = fields.Integer("max_completion_tokens", 1, int.MaxValue), old = fields.Integer("max_tokens", 1, int.MaxValue);
        var request = new ChatRequest
        {
            Model = fields.RequiredText("model"),
            Messages = ChatMessages.Read(fields.Array("messages") ?? throw fields.Missing("messages")),
            Options = GenerationFields.Options(fields) with { MaxTokens = (int?)(most ?? old), TopLogprobs = logprobs ? (int)(top ?? 0) : null },
            Answers = GenerationFields.Answers(fields),
            StreamsUsage = GenerationFields.StreamsUsage(fields),
            Tools = ChatTools.Read(fields),
            Format = ResponseFormat.Read(fields.Object("response_format")),
            Variables = TemplateVariables(fields),
        };
        foreach (JsonElement modality in fields.Array("modalities")?.EnumerateArray() ?? default)
        {
            if (modality.ValueKind != JsonValueKind.String || modality.GetString() != "text")
                throw OpenAiException.Unsupported($"'modalities' has {modality.GetRawText()}: answers are texts", "modalities");
        }
        fields.Refuse("audio", "answers are texts");
        fields.Refuse("functions", "name them as 'tools'");
        fields.Refuse("function_call", "say it as 'tool_choice'");
        fields.Refuse("web_search_options", "models here have no way to the web");
        fields.Accept("user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prediction");
        fields.Done();
        return request;
    }

    private static Dictionary<string, JsonElement> TemplateVariables(RequestFields fields)
    {
        var variables = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (fields.Any("chat_template_kwargs") is { } given)
        {
            if (given.ValueKind != JsonValueKind.Object)
                throw RequestFields.Wrong("chat_template_kwargs", "an object", given);
            foreach (JsonProperty variable in given.EnumerateObject())
                variables[variable.Name] = variable.Value;
        }
        // Templates of models that reason by degrees read these.
        foreach (string name in (ReadOnlySpan<string>)["reasoning_effort", "verbosity"])
        {
            if (fields.Text(name) is not null)
                variables[name] = fields.Any(name)!.Value;
        }
        return variables;
    }
}
