namespace Sarsen.Serving.Language.Tools;

/// <summary>Finds where an object or a list of JSON ends, in a text that comes in pieces. What lies between is not checked.</summary>
/// <param name="depth">How many have begun and not ended before the first piece.</param>
internal struct JsonEnd(int depth)
{
    private int _depth = depth;
    private bool _inText, _isEscaped;

    public bool Ended { get; private set; }

    /// <summary>The characters of a piece up to the end, all of them where it is not there.</summary>
    public int Take(ReadOnlySpan<char> text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (_isEscaped)
                _isEscaped = false;
            else if (_inText && c == '\\')
                _isEscaped = true;
            else if (c == '"')
                _inText = !_inText;
            else if (!_inText && c is '{' or '[')
                _depth++;
            else if (!_inText && c is '}' or ']' && --_depth <= 0)
            {
                Ended = true;
                return i + 1;
            }
        }
        return text.Length;
    }
}
