using System.Text;

namespace Sarsen.Serving.Language.Tools;

/// <summary>Calls behind a marker, each up to where <paramref name="read"/> finds its end.</summary>
/// <param name="marker">What begins a call, or a list of them.</param>
/// <param name="read">
/// Told what follows the marker, and whether the answer has ended; says how many characters are the calls', or -1 where more
/// must come, or 0 where it is no call.
/// </param>
internal sealed class MarkedReader(string marker, MarkedReader.Read read) : ToolCallReader
{
    private readonly StringBuilder _held = new();
    private bool _wasCall;

    internal delegate int Read(string text, bool ended, List<ToolCall> calls);

    public override ToolText Add(string text)
    {
        _held.Append(text);
        return Take(ended: false);
    }

    public override ToolText End() => Take(ended: true);

    private ToolText Take(bool ended)
    {
        string text = _held.ToString();
        var content = new StringBuilder();
        List<ToolCall> calls = [];
        int at = 0;
        while (at < text.Length)
        {
            int found = text.IndexOf(marker, at, StringComparison.Ordinal);
            int certain = found >= 0 ? found : ended ? text.Length : text.Length - BegunAtEnd(text.AsSpan(at));
            Append(content, text.AsSpan(at, certain - at));
            at = certain;
            if (found < 0)
                break;
            int length = read(text[(found + marker.Length)..], ended, calls);
            if (length < 0 && !ended)
                break;
            if (length > 0)
            {
                _wasCall = true;
                at = found + marker.Length + length;
                continue;
            }
            content.Append(marker);
            at = found + marker.Length;
        }
        _held.Clear().Append(text.AsSpan(at));
        return new ToolText(content.ToString(), calls);
    }

    // Blanks between calls, and behind the last, are no text.
    private void Append(StringBuilder content, ReadOnlySpan<char> text)
    {
        if (_wasCall && text.IsWhiteSpace())
            return;
        _wasCall = false;
        content.Append(text);
    }

    private int BegunAtEnd(ReadOnlySpan<char> text)
    {
        for (int length = Math.Min(marker.Length - 1, text.Length); length > 0; length--)
        {
            if (text[^length..].SequenceEqual(marker.AsSpan(0, length)))
                return length;
        }
        return 0;
    }
}
