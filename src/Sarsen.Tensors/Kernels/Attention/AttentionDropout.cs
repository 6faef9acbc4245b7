using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Which of attention's weights are dropped, and what the others are multiplied with: p̃_ij = p_ij m_ij / (1 - p), m_ij being 1
/// with probability 1 - p. The mask is a function of (stream, step, sample, query, head, key), the sample of the sequence
/// among the global ones: it does not depend on the batch, on chunks or threads, and backward makes it again. It depends
/// on how many keys the sequence has. Source: Vaswani et al., 2017, as torch.nn.functional.scaled_dot_product_attention.
/// </summary>
public readonly struct AttentionDropout
{
    private readonly Rng _rng;
    private readonly ulong _threshold;
    private readonly double _scale;

    /// <param name="rng">The stream, at the sample of the first sequence.</param>
    /// <param name="probability">At least 0 and below 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is not in [0, 1).</exception>
    public AttentionDropout(Rng rng, double probability)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(probability, 1);
        (_rng, _threshold, _scale) = (rng, RngFill.Threshold(probability), 1 / (1 - probability));
    }

    /// <summary>Is anything dropped.</summary>
    public bool IsOn => _threshold > 0;

    /// <exception cref="ArgumentOutOfRangeException">Samples reach beyond 2^40.</exception>
    public void Check(long sequences) => _ = _rng.AtSample(_rng.Sample + Math.Max(0, sequences - 1));

    /// <summary>0, or 1 / (1 - p).</summary>
    public double Of(long sequence, long query, int head, int heads, long key, long keys)
    {
        Philox.Block words = _rng.AtSample(_rng.Sample + sequence).Block(Row(query, head, heads, keys) + (key >> 2));
        return words[(int)key] < _threshold ? 0 : _scale;
    }

    /// <summary>
    /// The factors of <paramref name="count"/> queries, 32 or less, side by side: factors[j · 32 + i] for query first + i and
    /// key + j, j below <paramref name="n"/>; zeros behind the last query.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal unsafe void Fill(float* factors, long sequence, long first, nint count, int head, int heads, long key, nint n, long keys)
    {
        Rng rng = _rng.AtSample(_rng.Sample + sequence);
        float scale = (float)_scale;
        uint* eight = stackalloc uint[32];
        if (count < AttentionPanels.Columns)
            new Span<float>(factors, (int)n * AttentionPanels.Columns).Clear();
        for (nint i = 0; i < count; i++)
        {
            // Blocks of keys begin at multiples of four.
            long block = Row(first + i, head, heads, keys) + (key >> 2);
            nint j = 0;
            for (; j <= n - 32; j += 32, block += 8)
            {
                rng.EightBlocks(block, eight);
                for (nint k = 0; k < 32; k++)
                    factors[(j + k) * AttentionPanels.Columns + i] = eight[k] < _threshold ? 0 : scale;
            }
            for (; j < n; j += 4)
            {
                Philox.Block words = rng.Block(block++);
                nint last = nint.Min(4, n - j);
                for (nint k = 0; k < last; k++)
                    factors[(j + k) * AttentionPanels.Columns + i] = words[(int)k] < _threshold ? 0 : scale;
            }
        }
    }

    // The first block of a row of keys.
    private static long Row(long query, int head, int heads, long keys) => (query * heads + head) * ((keys + 3) >> 2);
}
