using Sarsen.Tensors;

namespace Sarsen.Nn;

/// <summary>
/// The tokens of one run of a transformer: those of several sequences, of any lengths, one after the other. With a cache
/// they are the next tokens of their sequences: all of a prompt, a piece of it, or the one that was sampled last. One batch
/// serves every run: it keeps its arrays.
/// </summary>
/// <param name="pool">The cache of all sequences; null where there is none.</param>
public sealed class TokenBatch(KvPool? pool = null)
{
    private long[] _ids = [];
    private long[] _positions = [];
    private long[] _offsets = [0];
    private long[] _logitRows = [];
    private KvView[] _kv = [];
    private int _count;
    private int _sequences;
    private int _logits;

    public KvPool? Pool => pool;

    public int Sequences => _sequences;

    /// <summary>The token of each row.</summary>
    public ReadOnlySpan<long> Ids => _ids.AsSpan(0, _count);

    /// <summary>Its place in its sequence, from 0.</summary>
    public ReadOnlySpan<long> Positions => _positions.AsSpan(0, _count);

    /// <summary>The first row of each sequence, and behind them the number of rows.</summary>
    public ReadOnlySpan<long> CuSeqLens => _offsets.AsSpan(0, _sequences + 1);

    /// <summary>The rows whose logits are wanted.</summary>
    public ReadOnlySpan<long> LogitRows => _logitRows.AsSpan(0, _logits);

    /// <summary>What the pool holds of each sequence.</summary>
    public ReadOnlySpan<KvView> Kv => _kv.AsSpan(0, pool is null ? 0 : _sequences);

    public void Clear() => (_count, _sequences, _logits) = (0, 0, 0);

    /// <summary>The next tokens of one sequence.</summary>
    /// <param name="ids">One or more.</param>
    /// <param name="cached">What the pool holds of the sequence, with room for these tokens; none without a pool.</param>
    /// <param name="allLogits">Logits of every token are wanted; else of the last.</param>
    /// <exception cref="ArgumentException">There are no tokens, or the blocks do not fit them or the pool.</exception>
    public void Add(ReadOnlySpan<long> ids, KvView cached = default, bool allLogits = false)
    {
        if (ids.IsEmpty)
            throw new ArgumentException("a sequence without tokens cannot be run: leave it out", nameof(ids));
        Check(ids.Length, cached);
        Grow(ref _ids, _count + ids.Length);
        Grow(ref _positions, _count + ids.Length);
        Grow(ref _offsets, _sequences + 2);
        Grow(ref _logitRows, _logits + (allLogits ? ids.Length : 1));
        Grow(ref _kv, _sequences + 1);
        ids.CopyTo(_ids.AsSpan(_count));
        for (int i = 0; i < ids.Length; i++)
        {
            _positions[_count + i] = cached.Length + i;
            if (allLogits || i == ids.Length - 1)
                _logitRows[_logits++] = _count + i;
        }
        _kv[_sequences] = cached;
        _count += ids.Length;
        _offsets[++_sequences] = _count;
    }

    private void Check(int count, KvView cached)
    {
        if (pool is null)
        {
            if (cached.Length > 0)
                throw new ArgumentException($"{cached.Length} tokens are cached, but the batch was made without their pool", nameof(cached));
            return;
        }
        int needed = KvPool.BlocksFor((long)cached.Length + count);
        if (cached.Blocks.Length < needed)
            throw new ArgumentException($"{cached.Length} cached tokens and {count} more need {needed} blocks, {cached.Blocks.Length} were given: reserve them first", nameof(cached));
        foreach (int block in cached.Blocks.Span)
        {
            if ((uint)block >= (uint)pool.Blocks)
                throw new ArgumentException($"there is no block {block} among the {pool.Blocks} of the pool", nameof(cached));
        }
    }

    private static void Grow<T>(ref T[] array, int count)
    {
        if (count > array.Length)
            Array.Resize(ref array, Math.Max(count, 2 * array.Length));
    }

    /// <summary>The batch as tensors of the open scope.</summary>
    public TokenContext ToContext()
    {
        if (_sequences == 0)
            throw new InvalidOperationException("the batch is empty: add a sequence first");
        Tensor ids = TokenContext.New(Ids, new Shape(_count)), positions = TokenContext.New(Positions, new Shape(_count));
        Tensor table = TokenContext.New(DType.I64, new Shape(_sequences, 4));
        Span<long> spans = TokenContext.Writable(table);
        long longest = 0;
        for (int s = 0; s < _sequences; s++)
        {
            long first = _offsets[s], queries = _offsets[s + 1] - first;
            longest = Math.Max(longest, queries);
            // A sequence without a cache has its own rows for keys; with one the cache's positions.
            ReadOnlySpan<long> span = [first, queries, pool is null ? first : 0, queries + (pool is null ? 0 : _kv[s].Length)];
            if (!spans.IsEmpty)
                span.CopyTo(spans[(4 * s)..]);
        }
        return new TokenContext
        {
            Ids = ids,
            Positions = positions,
            Spans = new TokenSpans(table, longest),
            LogitRows = _logits == _count ? default : TokenContext.New(LogitRows, new Shape(_logits)),
            Pool = pool,
            BlockTable = pool is null ? default : Blocks(),
        };
    }

    private Tensor Blocks()
    {
        int width = 0;
        for (int s = 0; s < _sequences; s++)
            width = Math.Max(width, _kv[s].Blocks.Length);
        Tensor table = TokenContext.New(DType.I64, new Shape(_sequences, width));
        Span<long> blocks = TokenContext.Writable(table);
        blocks.Clear();
        for (int s = 0; s < _sequences && !blocks.IsEmpty; s++)
        {
            ReadOnlySpan<int> own = _kv[s].Blocks.Span;
            for (int i = 0; i < own.Length; i++)
                blocks[s * width + i] = own[i];
        }
        return table;
    }
}
