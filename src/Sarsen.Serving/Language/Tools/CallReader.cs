using System.Text;

namespace Sarsen.Serving.Language.Tools;

/// <summary>
/// Calls behind a marker, or instead of a text: what begins one is held back until it is known, its arguments are told as they
/// come, and what closes it is dropped.
/// </summary>
/// <param name="marker">What begins a call, or a list of them; null where the answer begins with it, or has none.</param>
internal abstract class CallReader(string? marker) : ToolCallReader
{
    private readonly StringBuilder _held = new();
    private Place _place = marker is null ? Place.Head : Place.Text;
    private int _lead;
    private JsonEnd _arguments;
    private bool _open, _wasCall;

    private enum Place
    {
        Text,
        Head,
        Arguments,
        Tail,
    }

    public override ToolText Add(string text)
    {
        _held.Append(text);
        return Take(ended: false);
    }

    public override ToolText End() => Take(ended: true);

    /// <summary>What a text behind the marker, or behind another call, begins with.</summary>
    protected abstract CallHead Head(string text);

    /// <summary>What closes a call.</summary>
    /// <param name="text">Behind its arguments, or behind all of it where it was whole.</param>
    /// <param name="open">The arguments were a part of an object that goes on.</param>
    /// <param name="ended">Nothing follows.</param>
    /// <param name="another">Another call follows in the same list.</param>
    /// <returns>Its characters; -1 where more must come.</returns>
    protected abstract int Tail(string text, bool open, bool ended, out bool another);

    private ToolText Take(bool ended)
    {
        string text = _held.ToString();
        var content = new StringBuilder();
        var calls = new List<ToolCallPart>();
        int at = 0, before;
        Place placed;
        do
        {
            (before, placed) = (at, _place);
            at += _place switch
            {
                Place.Text => TakeText(text.AsSpan(at), ended, content),
                Place.Head => TakeHead(text[at..], ended, content, calls),
                Place.Arguments => TakeArguments(text.AsSpan(at), calls),
                _ => TakeTail(text[at..], ended),
            };
        }
        while (at > before || _place != placed);
        _held.Clear().Append(text.AsSpan(at));
        return new ToolText(content.ToString(), calls);
    }

    private int TakeText(ReadOnlySpan<char> text, bool ended, StringBuilder content)
    {
        int found = marker is null ? -1 : text.IndexOf(marker, StringComparison.Ordinal);
        int certain = found >= 0 ? found : ended ? text.Length : text.Length - Marks.BegunAtEnd(text, marker ?? "");
        Append(content, text[..certain]);
        if (found >= 0)
            (_place, _lead) = (Place.Head, marker!.Length);
        return certain;
    }

    private int TakeHead(string text, bool ended, StringBuilder content, List<ToolCallPart> calls)
    {
        CallHead head = Head(text[_lead..]);
        switch (head.Kind)
        {
            case CallHead.Is.Undecided when !ended:
                return 0;
            case CallHead.Is.Open:
                calls.Add(new ToolCallPart(head.Name, ""));
                (_place, _arguments, _open) = (Place.Arguments, new JsonEnd(), true);
                return _lead + head.Length;
            case CallHead.Is.Whole:
                calls.Add(new ToolCallPart(head.Name, ""));
                calls.Add(new ToolCallPart(null, head.Arguments));
                (_place, _open) = (Place.Tail, false);
                return _lead + head.Length;
            default:
                content.Append(text.AsSpan(0, _lead));
                _place = Place.Text;
                return _lead;
        }
    }

    private int TakeArguments(ReadOnlySpan<char> text, List<ToolCallPart> calls)
    {
        int length = _arguments.Take(text);
        if (length > 0)
            calls.Add(new ToolCallPart(null, text[..length].ToString()));
        if (_arguments.Ended)
            _place = Place.Tail;
        return length;
    }

    private int TakeTail(string text, bool ended)
    {
        int length = Tail(text, _open, ended, out bool another);
        if (length < 0)
            return ended ? text.Length : 0;
        (_place, _lead, _wasCall) = (another ? Place.Head : Place.Text, 0, true);
        return length;
    }

    // Blanks between calls, and behind the last, are no text.
    private void Append(StringBuilder content, ReadOnlySpan<char> text)
    {
        if (_wasCall)
            text = text.TrimStart();
        if (text.IsEmpty)
            return;
        _wasCall = false;
        content.Append(text);
    }
}
