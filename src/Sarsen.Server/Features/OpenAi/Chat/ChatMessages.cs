using System.Text.Json;
using Sarsen.Server.Features.OpenAi.Protocol;
using Sarsen.Text.Templates;

namespace Sarsen.Server.Features.OpenAi.Chat;

/// <summary>The messages of a conversation.</summary>
internal static class ChatMessages
{
    /// <exception cref="OpenAiException">There is none, or one is wrong.</exception>
    public static List<ChatMessage> Read(JsonElement messages)
    {
        List<ChatMessage> all = [.. messages.EnumerateArray().Select((m, i) => Message(new RequestFields(m, $"messages[{i}]")))];
        var calls = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < all.Count; i++)
        {
            calls.UnionWith(all[i].ToolCalls?.Select(call => call.Id!) ?? []);
            if (all[i].ToolCallId is { } id && !calls.Contains(id))
                throw OpenAiException.Invalid($"'messages[{i}].tool_call_id' is '{id}', which no message before it calls: send the assistant's message with its 'tool_calls' before what the tools said", $"messages[{i}].tool_call_id");
        }
        return all.Count > 0 ? all : throw OpenAiException.Invalid("'messages' is empty: at least one is needed", "messages", "empty_array");
    }

    private static ChatMessage Message(RequestFields fields)
    {
        string role = fields.Word("role", "system", "developer", "user", "assistant", "tool") ?? throw fields.Missing("role");
        (string? text, List<ChatPart>? parts) = Content(fields);
        bool isAssistant = role == "assistant", isTool = role == "tool";
        List<ChatToolCall>? calls = isAssistant && fields.Array("tool_calls") is { } given
            ? [.. given.EnumerateArray().Select((c, i) => Call(new RequestFields(c, $"{fields.NameOf("tool_calls")}[{i}]")))]
            : null;
        if (text is null && parts is null && calls is not { Count: > 0 })
            throw fields.Missing("content");
        var message = new ChatMessage
        {
            // What developers say, models know as the system's.
            Role = role == "developer" ? "system" : role,
            Text = text,
            Parts = parts,
            Name = fields.Text("name"),
            ToolCalls = calls,
            ToolCallId = isTool ? fields.RequiredText("tool_call_id") : null,
            Reasoning = isAssistant ? fields.Text("reasoning_content") : null,
        };
        if (isAssistant)
        {
            fields.Refuse("audio", "models here read texts");
            fields.Refuse("function_call", "say it as 'tool_calls'");
            fields.Accept("refusal", "annotations");
        }
        fields.Done();
        return message;
    }

    private static (string? Text, List<ChatPart>? Parts) Content(RequestFields fields)
    {
        if (fields.Any("content") is not { } content)
            return (null, null);
        return content.ValueKind switch
        {
            JsonValueKind.String => (content.GetString(), null),
            JsonValueKind.Array => (null, [.. content.EnumerateArray().Select((p, i) => Part(new RequestFields(p, $"{fields.NameOf("content")}[{i}]")))]),
            _ => throw RequestFields.Wrong(fields.NameOf("content"), "a string or an array of parts", content),
        };
    }

    private static ChatPart Part(RequestFields fields)
    {
        string type = fields.RequiredText("type");
        string text = type switch
        {
            "text" => fields.RequiredText("text"),
            "refusal" => fields.RequiredText("refusal"),
            _ => throw OpenAiException.Invalid($"'{fields.NameOf("type")}' is '{type}': models here read texts, in parts of the type 'text'", fields.NameOf("type")),
        };
        fields.Done();
        return new ChatPart("text", text);
    }

    private static ChatToolCall Call(RequestFields fields)
    {
        string id = fields.RequiredText("id");
        if (fields.RequiredText("type") is var type && type != "function")
            throw OpenAiException.Invalid($"'{fields.NameOf("type")}' is '{type}': it can be 'function'", fields.NameOf("type"));
        RequestFields function = fields.Object("function") ?? throw fields.Missing("function");
        var call = new ChatToolCall(id, function.RequiredText("name"), function.RequiredText("arguments"));
        function.Done();
        // Clients send the calls of a stream back as they came.
        fields.Accept("index");
        fields.Done();
        return call;
    }
}
