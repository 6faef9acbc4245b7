using System.Text.Json;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates;

/// <summary>
/// The template by which a model wants conversations written: Jinja, as models ship it in <c>tokenizer_config.json</c>,
/// <c>chat_template.jinja</c> or GGUF's <c>tokenizer.chat_template</c>. Read once, rendered any number of times by any
/// number of threads, within <see cref="TemplateLimits"/>; it sees nothing but what it is given.
/// Source: Hugging Face, Chat templates; Jinja 3.1, Template Designer Documentation.
/// </summary>
public sealed class ChatTemplate
{
    private const string Probe = "probe-of-content";

    private readonly Template _template;

    // Whether a message with calls may have none as its content, as OpenAI's API has it; else it is the empty text.
    private readonly bool _acceptsNone;

    private ChatTemplate(Template template)
    {
        _template = template;
        AcceptsParts = SeesParts(template);
        _acceptsNone = TakesNone(template);
    }

    /// <summary>The template's text, with line ends as one character.</summary>
    public string Source => _template.Source;

    /// <summary>Whether the template goes through content that comes in parts. One that does not gets texts joined by line ends.</summary>
    public bool AcceptsParts { get; }

    /// <param name="source">Jinja.</param>
    /// <param name="options">Null for what Hugging Face does.</param>
    /// <exception cref="TemplateException">The source breaks the syntax, or uses a statement, filter or test that is not there.</exception>
    /// <exception cref="TemplateLimitException">It is too long or nested too deeply.</exception>
    public static ChatTemplate Parse(string source, TemplateOptions? options = null) =>
        new(Template.Parse(source, options ?? TemplateOptions.Default));

    /// <summary>The conversation as the model wants it.</summary>
    /// <param name="messages">Oldest first.</param>
    /// <param name="tools">What the model may call, as OpenAI's <c>tools</c>; null for none.</param>
    /// <param name="addGenerationPrompt">Whether what begins the assistant's next message follows.</param>
    /// <param name="bosToken">The text of the token that begins a text; null where the tokenizer has none.</param>
    /// <param name="eosToken">The text of the token that ends a text; null where the tokenizer has none.</param>
    /// <param name="variables">Further variables, such as <c>enable_thinking</c> or <c>documents</c>; they go before all others.</param>
    /// <exception cref="TemplateRaisedException">The template refused the conversation.</exception>
    /// <exception cref="TemplateLimitException">A limit was exceeded.</exception>
    /// <exception cref="TemplateException">An operation does not suit its values, or the content has parts that are no text and the template knows none.</exception>
    public string Render(
        IReadOnlyList<ChatMessage> messages,
        IReadOnlyList<JsonElement>? tools = null,
        bool addGenerationPrompt = true,
        string? bosToken = null,
        string? eosToken = null,
        IReadOnlyDictionary<string, JsonElement>? variables = null)
    {
        var list = new ListValue(messages.Count);
        foreach (ChatMessage message in messages)
            list.Items.Add(MessageValue(message));
        var values = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["messages"] = list,
            ["add_generation_prompt"] = addGenerationPrompt,
        };
        if (tools is { Count: > 0 })
            values["tools"] = new ListValue(tools.Select(JsonValue.From));
        // A token that is not there is undefined, which is written as nothing.
        if (bosToken is not null)
            values["bos_token"] = bosToken;
        if (eosToken is not null)
            values["eos_token"] = eosToken;
        foreach ((string name, JsonElement value) in variables ?? new Dictionary<string, JsonElement>())
            values[name] = JsonValue.From(value);
        return _template.Render(values);
    }

    private DictValue MessageValue(ChatMessage message)
    {
        var dict = new DictValue();
        dict.Items["role"] = message.Role;
        dict.Items["content"] = message.Parts is null ? message.Text ?? (_acceptsNone ? null : "") : Content(message.Parts);
        if (message.Name is not null)
            dict.Items["name"] = message.Name;
        if (message.ToolCallId is not null)
            dict.Items["tool_call_id"] = message.ToolCallId;
        if (message.Reasoning is not null)
            dict.Items["reasoning_content"] = message.Reasoning;
        if (message.ToolCalls is { Count: > 0 } calls)
            dict.Items["tool_calls"] = new ListValue(calls.Select(CallValue));
        Add(dict, message.More);
        return dict;
    }

    private object Content(IReadOnlyList<ChatPart> parts)
    {
        if (!AcceptsParts)
        {
            return parts.FirstOrDefault(p => p.Text is null) is { } other
                ? throw new TemplateException(1, 1, 0, $"the content has a part of the type '{other.Type}', but this model's template takes texts only")
                : string.Join('\n', parts.Select(p => p.Text));
        }
        return new ListValue(parts.Select(PartValue));
    }

    private static DictValue PartValue(ChatPart part)
    {
        var dict = new DictValue();
        dict.Items["type"] = part.Type;
        if (part.Text is not null)
            dict.Items["text"] = part.Text;
        Add(dict, part.More);
        return dict;
    }

    private static DictValue CallValue(ChatToolCall call)
    {
        var function = new DictValue();
        function.Items["name"] = call.Name;
        function.Items["arguments"] = ArgumentsValue(call.Arguments);
        var dict = new DictValue();
        if (call.Id is not null)
            dict.Items["id"] = call.Id;
        dict.Items["type"] = "function";
        dict.Items["function"] = function;
        return dict;
    }

    // Templates were written for arguments as objects; what the model wrote may be none.
    private static object? ArgumentsValue(string arguments)
    {
        try
        {
            using var json = JsonDocument.Parse(arguments);
            return json.RootElement.ValueKind == JsonValueKind.Object ? JsonValue.From(json.RootElement) : arguments;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return arguments;
        }
    }

    private static void Add(DictValue dict, IReadOnlyDictionary<string, JsonElement>? more)
    {
        foreach ((string name, JsonElement value) in more ?? new Dictionary<string, JsonElement>())
            dict.Items[name] = JsonValue.From(value);
    }

    // Whether a part's text comes out by itself. A template that takes texts only fails, leaves it out, or writes the list.
    private static bool SeesParts(Template template)
    {
        var part = new DictValue();
        part.Items["type"] = "text";
        part.Items["text"] = Probe;
        var message = new DictValue();
        message.Items["role"] = "user";
        message.Items["content"] = new ListValue([part]);
        try
        {
            string text = template.Render([new("messages", new ListValue([message])), new("add_generation_prompt", true)]);
            int at = text.IndexOf(Probe, StringComparison.Ordinal);
            return at >= 0 && !(at > 0 && text[at - 1] is '\'' or '"');
        }
        catch (TemplateException)
        {
            return false;
        }
    }

    private static bool TakesNone(Template template)
    {
        var question = new DictValue();
        question.Items["role"] = "user";
        question.Items["content"] = Probe;
        var answer = new DictValue();
        answer.Items["role"] = "assistant";
        answer.Items["content"] = null;
        answer.Items["tool_calls"] = new ListValue([CallValue(new ChatToolCall("abcdef123", Probe, "{}"))]);
        var result = new DictValue();
        result.Items["role"] = "tool";
        result.Items["tool_call_id"] = "abcdef123";
        result.Items["content"] = Probe;
        try
        {
            return !template.Render([new("messages", new ListValue([question, answer, result]))]).Contains("None", StringComparison.Ordinal);
        }
        catch (TemplateException)
        {
            return false;
        }
    }
}
