namespace Sarsen.Serving.Language.Tools;

/// <summary>A part of a call that the model wants, as it comes.</summary>
/// <param name="Name">The function, where a call begins; null where the last one goes on.</param>
/// <param name="Arguments">
/// What its arguments go on with. Those of a call together are a JSON object as the model wrote it, or the beginning of one
/// where the answer was cut; a model that is not held to a grammar can write it wrongly.
/// </param>
public sealed record ToolCallPart(string? Name, string Arguments);

/// <summary>What became certain of an answer: text, and parts of calls.</summary>
public readonly record struct ToolText(string Content, IReadOnlyList<ToolCallPart> Calls)
{
    public static ToolText Nothing { get; } = new("", []);
}

/// <summary>
/// Tells calls from text, as an answer comes. What may still become a call is held back until its name and the beginning of its
/// arguments are there; what turns out to be none is text, as it was written, so that nothing a model said is lost. For one
/// thread.
/// </summary>
public abstract class ToolCallReader
{
    /// <summary>More of the answer.</summary>
    public abstract ToolText Add(string text);

    /// <summary>The answer has ended: what was held back is a call, or text.</summary>
    public abstract ToolText End();
}
