using System.Globalization;
using System.Text;

namespace Sarsen.Text.Vocabularies;

/// <summary>
/// Cuts a text into words or characters, one slice after the other, without allocating:
/// <c>foreach (ReadOnlySpan&lt;char&gt; unit in new TextUnits(text, TextUnit.Word))</c>. A lone surrogate is a character.
/// </summary>
public ref struct TextUnits
{
    private readonly ReadOnlySpan<char> _text;
    private readonly bool _words;
    private int _next;

    /// <exception cref="ArgumentOutOfRangeException">Bytes are no slices of a text.</exception>
    public TextUnits(ReadOnlySpan<char> text, TextUnit unit)
    {
        if (unit is not (TextUnit.Word or TextUnit.Character))
            throw new ArgumentOutOfRangeException(nameof(unit), unit, "words or characters expected");
        _text = text;
        _words = unit == TextUnit.Word;
    }

    public ReadOnlySpan<char> Current { get; private set; }

    public readonly TextUnits GetEnumerator() => this;

    public bool MoveNext()
    {
        int start = _next;
        if (_words)
        {
            while (start < _text.Length && !IsWord(start, out int separator))
                start += separator;
        }
        if (start >= _text.Length)
            return false;
        int end = start;
        do
        {
            Rune.DecodeFromUtf16(_text[end..], out _, out int length);
            end += length;
        }
        while (_words && end < _text.Length && IsWord(end, out _));
        Current = _text[start..end];
        _next = end;
        return true;
    }

    private readonly bool IsWord(int at, out int length)
    {
        Rune.DecodeFromUtf16(_text[at..], out Rune rune, out length);
        return Rune.IsLetterOrDigit(rune) || rune.Value == '_' || Rune.GetUnicodeCategory(rune)
            is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
    }
}
