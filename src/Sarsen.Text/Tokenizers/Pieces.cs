namespace Sarsen.Text.Tokenizers;

/// <summary>
/// A text and the pieces of it that pre-tokenizers have cut so far, in order and without overlap. A pass reads the pieces,
/// adds what they become and commits; one that also rewrites the text appends to <see cref="Text"/> as it goes.
/// </summary>
internal sealed class Pieces
{
    private (int Start, int End)[] _pieces = new (int, int)[64];
    private (int Start, int End)[] _next = new (int, int)[64];
    private int _nextCount;

    public TextBuffer Text { get; } = new();

    /// <summary>Whether the text is the beginning of what was given to encode.</summary>
    public bool AtBeginning { get; private set; }

    public int Count { get; private set; }

    public (int Start, int End) this[int index] => _pieces[index];

    public ReadOnlySpan<char> Of(int index) => Text.Text[_pieces[index].Start.._pieces[index].End];

    /// <summary>Starts with the whole text as the one piece, none where it is empty.</summary>
    public void Set(ReadOnlySpan<char> text, bool atBeginning)
    {
        Text.Set(text);
        AtBeginning = atBeginning;
        _nextCount = 0;
        Add(0, text.Length);
        Commit();
    }

    /// <summary>Adds a piece to the next ones; an empty one is none.</summary>
    public void Add(int start, int end)
    {
        if (start >= end)
            return;
        if (_nextCount == _next.Length)
            Array.Resize(ref _next, checked(_nextCount * 2));
        _next[_nextCount++] = (start, end);
    }

    public void Commit()
    {
        (_pieces, _next) = (_next, _pieces);
        (Count, _nextCount) = (_nextCount, 0);
    }

    /// <summary>Commits pieces of the appended text.</summary>
    public void CommitWithText()
    {
        Text.Commit();
        Commit();
    }
}
