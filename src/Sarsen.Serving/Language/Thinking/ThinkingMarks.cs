using Sarsen.Serving.Language.Tools;

namespace Sarsen.Serving.Language.Thinking;

/// <summary>Where a model's answer may have its thinking.</summary>
public enum ThinkingStart
{
    /// <summary>Nowhere: its template knows no thinking, or has closed it in the prompt.</summary>
    None,

    /// <summary>At its beginning, where the model opens it.</summary>
    Possible,

    /// <summary>From its first character on: the prompt has opened it.</summary>
    Begun,
}

/// <summary>
/// <c>&lt;think&gt;…&lt;/think&gt;</c> before an answer, as Qwen 3, QwQ, DeepSeek R1 and its distillates write it. Source: the
/// models' templates.
/// </summary>
public static class ThinkingMarks
{
    public const string Open = "<think>", Close = "</think>";

    /// <summary>Texts that are special tokens in some tokenizers, and part of thinking.</summary>
    internal static IReadOnlyList<string> All { get; } = [Open, Close];

    /// <summary>Where an answer to a prompt thinks.</summary>
    /// <param name="template">The model's chat template: who thinks has the mark in it.</param>
    /// <param name="prompt">The conversation as it wrote it, at whose end the assistant speaks.</param>
    public static ThinkingStart StartOf(string template, string prompt)
    {
        if (!template.Contains(Close, StringComparison.Ordinal))
            return ThinkingStart.None;
        ReadOnlySpan<char> end = prompt.AsSpan().TrimEnd();
        return end.EndsWith(Open) ? ThinkingStart.Begun : end.EndsWith(Close) ? ThinkingStart.None : ThinkingStart.Possible;
    }

    /// <summary>GBNF in which the rule <c>thinking</c> is any thinking up to its end, blanks behind it included; or nothing, where there may be none.</summary>
    internal static string Rules(ThinkingStart start)
    {
        string thought = $"thought ::= {ToolFormat.Without(Close)}\nblanks ::= [ \\n]{{0,4}}\n";
        string closed = $"thought {ToolFormat.Gbnf(Close)} blanks";
        return start switch
        {
            ThinkingStart.None => "thinking ::= \"\"\n",
            ThinkingStart.Begun => $"{thought}thinking ::= {closed}\n",
            _ => $"{thought}thinking ::= ( blanks {ToolFormat.Gbnf(Open)} {closed} )?\n",
        };
    }
}
