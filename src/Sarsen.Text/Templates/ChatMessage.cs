using System.Text.Json;

namespace Sarsen.Text.Templates;

/// <summary>One message of a conversation, as OpenAI's chat API has it. Content is <see cref="Text"/> or <see cref="Parts"/>, or neither.</summary>
public sealed record ChatMessage
{
    /// <summary><c>system</c>, <c>developer</c>, <c>user</c>, <c>assistant</c>, <c>tool</c>, or what else a template knows.</summary>
    public required string Role { get; init; }

    public string? Text { get; init; }

    /// <summary>Where content comes in parts; <see cref="Text"/> is null then.</summary>
    public IReadOnlyList<ChatPart>? Parts { get; init; }

    /// <summary>Who speaks, or which tool answers.</summary>
    public string? Name { get; init; }

    /// <summary>Of a tool's answer: the call that it answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Of the assistant: what it wants called.</summary>
    public IReadOnlyList<ChatToolCall>? ToolCalls { get; init; }

    /// <summary>Of the assistant: what it thought before it answered; templates see it as <c>reasoning_content</c>.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Fields that only some templates know.</summary>
    public IReadOnlyDictionary<string, JsonElement>? More { get; init; }
}

/// <summary>A part of a message's content.</summary>
/// <param name="Type"><c>text</c>, <c>image</c>, <c>audio</c>, …, as templates name them.</param>
/// <param name="Text">Of a text.</param>
/// <param name="More">Further fields.</param>
public sealed record ChatPart(string Type, string? Text = null, IReadOnlyDictionary<string, JsonElement>? More = null);

/// <summary>A call of a function that the assistant asked for.</summary>
/// <param name="Id">What the tool's answer names; null where there is none.</param>
/// <param name="Name">The function.</param>
/// <param name="Arguments">JSON, as the model wrote it. Templates see an object as a dict, anything else as the text.</param>
public sealed record ChatToolCall(string? Id, string Name, string Arguments);
