using System.Text;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// A text that is rewritten in passes: a pass reads <see cref="Text"/>, appends what it becomes and commits.
/// Two arrays take turns, so passes allocate only while texts grow longer than any before.
/// </summary>
internal sealed class TextBuffer
{
    // Normalizers of a hostile file can double a text again and again.
    private const int MaxLength = 1 << 28;

    private char[] _text = new char[256];
    private char[] _next = new char[256];
    private int _length;

    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Code units that were appended since the last commit.</summary>
    public int NextLength { get; private set; }

    public void Set(ReadOnlySpan<char> text)
    {
        if (text.Length > _text.Length)
            _text = new char[text.Length];
        text.CopyTo(_text);
        (_length, NextLength) = (text.Length, 0);
    }

    public void Append(char c)
    {
        if (NextLength == _next.Length)
            Grow(1);
        _next[NextLength++] = c;
    }

    public void Append(ReadOnlySpan<char> text)
    {
        text.CopyTo(Reserve(text.Length));
    }

    public void Append(int codePoint)
    {
        if (codePoint <= char.MaxValue)
        {
            Append((char)codePoint);
            return;
        }
        Span<char> pair = stackalloc char[2];
        new Rune(codePoint).EncodeToUtf16(pair);
        Append(pair);
    }

    /// <summary>Appends so many code units, which the caller writes.</summary>
    public Span<char> Reserve(int length)
    {
        if (length > _next.Length - NextLength)
            Grow(length);
        NextLength += length;
        return _next.AsSpan(NextLength - length, length);
    }

    public void Commit()
    {
        (_text, _next) = (_next, _text);
        (_length, NextLength) = (NextLength, 0);
    }

    private void Grow(int more)
    {
        long needed = (long)NextLength + more;
        if (needed > MaxLength)
            throw new ModelFormatException("tokenizer", 0, $"its normalizers make more than {MaxLength} characters of a text: the tokenizer is damaged, or the text too long");
        Array.Resize(ref _next, (int)Math.Clamp(_next.Length * 2L, needed, MaxLength));
    }
}
