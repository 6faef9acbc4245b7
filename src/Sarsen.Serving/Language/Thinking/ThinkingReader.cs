using System.Text;

namespace Sarsen.Serving.Language.Thinking;

/// <summary>What became certain of an answer: thinking, and behind it text.</summary>
public readonly record struct ThinkingText(string Thought, string Content);

/// <summary>
/// Tells the thinking that an answer begins with from the rest, as it comes. Blanks around the thinking are neither's. For one
/// thread.
/// </summary>
/// <param name="start">Where the answer may think.</param>
public sealed class ThinkingReader(ThinkingStart start)
{
    private readonly StringBuilder _held = new();
    private Place _place = start switch
    {
        ThinkingStart.None => Place.Content,
        ThinkingStart.Begun => Place.ThoughtBegins,
        _ => Place.Before,
    };

    private enum Place
    {
        Before,
        ThoughtBegins,
        Thought,
        Behind,
        Content,
    }

    /// <summary>Whether it thinks, as far as is known.</summary>
    public bool IsThinking => _place is Place.ThoughtBegins or Place.Thought;

    /// <summary>More of the answer.</summary>
    public ThinkingText Add(string text)
    {
        if (_place == Place.Content)
            return new ThinkingText("", text);
        _held.Append(text);
        return Take(ended: false);
    }

    /// <summary>The answer has ended: thinking that was not closed is thinking all the same.</summary>
    public ThinkingText End() => Take(ended: true);

    private ThinkingText Take(bool ended)
    {
        string text = _held.ToString(), thought = "";
        if (_place == Place.Before && !TakeOpening(ref text, ended))
            return new ThinkingText("", "");
        if (_place is Place.ThoughtBegins or Place.Thought)
            thought = TakeThought(ref text, ended);
        if (_place == Place.Behind)
        {
            text = text.TrimStart();
            if (text.Length > 0)
                _place = Place.Content;
        }
        string content = _place == Place.Content ? text : "";
        _held.Clear().Append(_place == Place.Content ? "" : text);
        return new ThinkingText(thought, content);
    }

    // False where more must come to know.
    private bool TakeOpening(ref string text, bool ended)
    {
        string trimmed = text.TrimStart();
        if (!ended && trimmed.Length < ThinkingMarks.Open.Length && ThinkingMarks.Open.StartsWith(trimmed, StringComparison.Ordinal))
            return false;
        bool opens = trimmed.StartsWith(ThinkingMarks.Open, StringComparison.Ordinal);
        _place = opens ? Place.ThoughtBegins : Place.Content;
        if (opens)
            text = trimmed[ThinkingMarks.Open.Length..];
        return true;
    }

    private string TakeThought(ref string text, bool ended)
    {
        if (_place == Place.ThoughtBegins)
            text = text.TrimStart();
        int found = text.IndexOf(ThinkingMarks.Close, StringComparison.Ordinal);
        int certain = found >= 0 ? found : ended ? text.Length : text.Length - Marks.BegunAtEnd(text, ThinkingMarks.Close);
        // Blanks may be those before the mark.
        string thought = text[..certain].TrimEnd();
        if (thought.Length > 0)
            _place = Place.Thought;
        if (found >= 0)
            _place = Place.Behind;
        text = found >= 0 ? text[(found + ThinkingMarks.Close.Length)..] : ended ? "" : text[thought.Length..];
        return thought;
    }
}
