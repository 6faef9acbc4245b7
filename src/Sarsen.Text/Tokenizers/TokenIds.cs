namespace Sarsen.Text.Tokenizers;

/// <summary>A growing list of token ids. Cleared and used again, it makes encoding free of allocation.</summary>
public sealed class TokenIds
{
    private int[] _ids;

    public TokenIds(int capacity = 256)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
        _ids = new int[capacity];
    }

    public int Count { get; private set; }

    /// <summary>The ids, until more are added.</summary>
    public ReadOnlySpan<int> Span => _ids.AsSpan(0, Count);

    public void Clear() => Count = 0;

    public void Add(int id)
    {
        if (Count == _ids.Length)
            Grow(1);
        _ids[Count++] = id;
    }

    public void Add(ReadOnlySpan<int> ids)
    {
        if (ids.Length > _ids.Length - Count)
            Grow(ids.Length);
        ids.CopyTo(_ids.AsSpan(Count));
        Count += ids.Length;
    }

    /// <summary>Drops the last ids, all but so many.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)Count, nameof(count));
        Count = count;
    }

    private void Grow(int more) => Array.Resize(ref _ids, checked(Math.Max(Count + more, _ids.Length * 2)));
}
