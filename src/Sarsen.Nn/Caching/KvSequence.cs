namespace Sarsen.Nn;

/// <summary>
/// One sequence in a pool, with blocks of its own that it takes as it grows: the cache of a program that generates without
/// a scheduler. Not for several threads at once.
/// </summary>
/// <param name="pool">Where its blocks come from.</param>
public sealed class KvSequence(KvPool pool) : IDisposable
{
    private int[] _blocks = [];
    private int _count;

    public KvPool Pool => pool;

    /// <summary>Tokens whose keys and values are cached.</summary>
    public int Length { get; private set; }

    public KvView View => new(_blocks.AsMemory(0, _count), Length);

    /// <summary>Takes blocks until there is room for so many tokens more.</summary>
    /// <exception cref="InvalidOperationException">The pool has too few free blocks; none was taken.</exception>
    public void Reserve(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        int needed = KvPool.BlocksFor((long)Length + tokens);
        if (needed > _blocks.Length)
            Array.Resize(ref _blocks, Math.Max(needed, 2 * _blocks.Length));
        int had = _count;
        while (_count < needed)
        {
            if (pool.TryTake(out int block))
            {
                _blocks[_count++] = block;
                continue;
            }
            int missing = needed - _count;
            Cut(had);
            throw new InvalidOperationException($"{tokens} tokens more need {needed - had} blocks, and the pool lacks {missing} of them: end other sequences, or make the pool larger than {pool.Blocks} blocks");
        }
    }

    /// <summary>Counts tokens that a model has cached.</summary>
    /// <exception cref="InvalidOperationException">There is no room for them.</exception>
    public void Advance(int tokens)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(tokens);
        if (tokens > _count * KvPool.BlockPositions - Length)
            throw new InvalidOperationException($"{_count} blocks hold {_count * KvPool.BlockPositions} tokens; {Length} and {tokens} more do not fit: reserve first");
        Length += tokens;
    }

    /// <summary>Forgets all tokens from <paramref name="length"/> on and gives their blocks back.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
        Cut(KvPool.BlocksFor(length));
    }

    public void Dispose() => Truncate(0);

    private void Cut(int count)
    {
        while (_count > count)
            pool.Return(_blocks[--_count]);
    }
}
