namespace Sarsen.Serving.Language.Tools;

/// <summary>A call that the model wants.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">A JSON object, as the model wrote it.</param>
public sealed record ToolCall(string Name, string Arguments);

/// <summary>What became certain of an answer: text, and calls.</summary>
public readonly record struct ToolText(string Content, IReadOnlyList<ToolCall> Calls)
{
    public static ToolText Nothing { get; } = new("", []);
}

/// <summary>
/// Tells calls from text, as an answer comes. What may still become a call is held back; what turns out to be none is text, as
/// it was written, so that nothing a model said is lost. For one thread.
/// </summary>
public abstract class ToolCallReader
{
    /// <summary>More of the answer.</summary>
    public abstract ToolText Add(string text);

    /// <summary>The answer has ended: what was held back is a call, or text.</summary>
    public abstract ToolText End();
}
