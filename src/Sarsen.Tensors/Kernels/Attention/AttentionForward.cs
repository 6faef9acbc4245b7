using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The forward pass without the matrix of scores: for each block of keys the scores of 32 queries side by side, their
/// exponentials below the maximum so far, and what they add to the result, which a new maximum scales down. The sum of the
/// exponentials is one more row of the result, from a row of ones beside the values. Sources: Milakov, Gimelshein, «Online
/// normalizer calculation for softmax», 2018; Dao et al., «FlashAttention», 2022.
/// </summary>
internal unsafe struct AttentionForward<TKeys> : IVectorChunk where TKeys : struct, IAttentionKeys
{
    private const int Columns = AttentionPanels.Columns;

    public AttentionArgs<float> Args;
    public TKeys Keys;
    public AttentionBlock* Blocks;
    public float* Scratch;
    public long LaneFloats;

    /// <summary>Queries of one chunk: the packed keys serve about 128 columns, whatever heads they belong to.</summary>
    public static long BlockSize(int group) => Math.Max(1, 4 / group) * Columns;

    /// <summary>Floats of scratch a thread needs.</summary>
    public static long ScratchFloats(int headDim, int group)
    {
        long panels = group * BlockSize(group) / Columns;
        return panels * Columns * (2 * (long)headDim + 2)
            + AttentionPanels.PackedFloats(AttentionArgs<float>.KeyBlock, headDim)
            + AttentionPanels.PackedFloats(AttentionArgs<float>.KeyBlock, headDim + 1)
            + 2 * AttentionArgs<float>.KeyBlock * Columns + Columns // scores and dropout's factors, sums
            + Columns * AttentionPanels.Aligned(headDim + 16)
            + default(TKeys).ScratchFloats(headDim);
    }

    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        AttentionBlock block = Blocks[chunk / Args.KvHeads];
        int kvHead = chunk % Args.KvHeads, group = Args.Group, dim = Args.HeadDim;
        MicroKernels kernels = VectorChunks.Kernels<V>();
        AttentionSpan span = Args.Span(block.Sequence);
        nint perHead = (nint)((block.Count + Columns - 1) / Columns), panels = perHead * group;

        float* queries = Scratch + lane * LaneFloats;
        float* results = queries + panels * Columns * dim;
        float* maxima = results + panels * Columns * (dim + 1);
        float* keys = maxima + panels * Columns;
        float* values = keys + AttentionPanels.PackedFloats(AttentionArgs<float>.KeyBlock, dim);
        float* scores = values + AttentionPanels.PackedFloats(AttentionArgs<float>.KeyBlock, dim + 1);
        float* factors = scores + AttentionArgs<float>.KeyBlock * Columns, sums = factors + AttentionArgs<float>.KeyBlock * Columns;
        float* turned = sums + Columns;
        float* packing = turned + Columns * AttentionPanels.Aligned(dim + 16);

        for (nint p = 0; p < panels; p++)
        {
            (long first, long count) = Panel(block, p % perHead);
            int head = kvHead * group + (int)(p / perHead);
            float* q = queries + p * Columns * dim;
            AttentionPanels.Turn(kernels, Args.Q + (nint)(span.Query + first) * Args.QueryStride + head * dim, Args.QueryStride, (nint)count, dim, q);
            Scale<V>(q, dim * Columns, (float)Args.Scale);
        }
        new Span<float>(results, (int)panels * Columns * (dim + 1)).Clear();
        new Span<float>(maxima, (int)panels * Columns).Fill(float.NegativeInfinity);

        (long from, long to) = Args.Visible(span, block.First, block.Count);
        for (long key = from / AttentionArgs<float>.KeyBlock * AttentionArgs<float>.KeyBlock; key < to; key += AttentionArgs<float>.KeyBlock)
        {
            nint packed = (nint)Math.Min(AttentionArgs<float>.KeyBlock, to - key);
            Keys.Pack(kernels, Args, block, kvHead, key, packed, keys, values, packing);
            for (nint p = 0; p < panels; p++)
            {
                (long first, long count) = Panel(block, p % perHead);
                (long pFrom, long pTo) = Args.Visible(span, first, count);
                nint n = (nint)Math.Min(packed, pTo - key);
                if (n <= 0 || key + n <= pFrom)
                    continue;
                nint width = count > 16 ? 32 : 16;
                float* result = results + p * Columns * (dim + 1);
                AttentionPanels.Multiply(kernels, packed, dim, n, dim, keys, queries + p * Columns * dim, AttentionPanels.Rows32, scores, Columns, width, accumulate: false); // (keys, 32)
                for (nint half = 0; half < width; half += 16)
                {
                    if (Args.Softcap > 0)
                        ScoreCap.Rows<V>(scores + half, n, Columns, (float)Args.Softcap);
                    var mask = new AttentionMask(Args, span.Keys - span.Queries + first + half);
                    Exponentials<V>(scores + half, n, key, mask, maxima + p * Columns + half, result + half, dim + 1);
                }
                if (Args.Dropout.IsOn)
                {
                    Args.Dropout.Fill(factors, block.Sequence, first, (nint)count, kvHead * group + (int)(p / perHead), Args.Heads, key, n, span.Keys);
                    for (nint half = 0; half < width; half += 16)
                        Drop<V>(scores + half, factors + half, n, result + dim * Columns + half, sums + half);
                }
                AttentionPanels.Multiply(kernels, dim + 1, packed, dim + 1, n, values, scores, AttentionPanels.Rows32, result, Columns, width, accumulate: true); // (headDim + 1, 32)
                if (Args.Dropout.IsOn)
                    new ReadOnlySpan<float>(sums, (int)width).CopyTo(new Span<float>(result + dim * Columns, (int)width));
            }
        }
        for (nint p = 0; p < panels; p++)
        {
            (long first, long count) = Panel(block, p % perHead);
            int head = kvHead * group + (int)(p / perHead);
            Finish<V>(kernels, results + p * Columns * (dim + 1), maxima + p * Columns, turned, span.Query + first, (nint)count, head);
        }
    }

    private static (long First, long Count) Panel(in AttentionBlock block, nint panel) =>
        (block.First + panel * Columns, Math.Min(Columns, block.Count - panel * Columns));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scale<V>(float* x, nint count, float by) where V : struct, IVector<V>
    {
        V scale = V.Create(by);
        for (nint i = 0; i < count; i += 16)
            (V.Load(x + i) * scale).Store(x + i);
    }

    /// <summary>
    /// Scores of sixteen queries become e^(score - maximum), in place; what the result held is scaled to the new maximum.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Exponentials<V>(float* scores, nint keys, long firstKey, in AttentionMask mask, float* maxima, float* result, nint rows) where V : struct, IVector<V>
    {
        V none = V.Create(float.NegativeInfinity), old = V.Load(maxima), max = old;
        if (mask.IsOpen(firstKey, firstKey + keys))
        {
            for (nint j = 0; j < keys; j++)
            {
                V s = V.Load(scores + j * Columns);
                max = V.Select(V.Less(max, s), s, max);
            }
        }
        else
        {
            for (nint j = 0; j < keys; j++)
            {
                V s = V.Select(mask.Of<V>(firstKey + j), V.Load(scores + j * Columns), none);
                s.Store(scores + j * Columns);
                max = V.Select(V.Less(max, s), s, max);
            }
        }
        max.Store(maxima);
        // A query that has seen no key yet has no maximum: its terms are e^-∞.
        V shift = V.Select(V.Equal(max, none), V.Create(0), max), fade = Exp.Of(old - shift);
        for (nint j = 0; j < keys; j++)
            Exp.Of(V.Load(scores + j * Columns) - shift).Store(scores + j * Columns);
        for (nint r = 0; r < rows; r++)
            (V.Load(result + r * Columns) * fade).Store(result + r * Columns);
    }

    /// <summary>
    /// The exponentials of sixteen queries are dropped or scaled, in place. Their sum is that of all of them, so it is made here
    /// and not by the row of ones.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Drop<V>(float* scores, float* factors, nint keys, float* faded, float* sums) where V : struct, IVector<V>
    {
        V sum = V.Load(faded);
        for (nint j = 0; j < keys; j++)
        {
            V e = V.Load(scores + j * Columns);
            sum += e;
            (e * V.Load(factors + j * Columns)).Store(scores + j * Columns);
        }
        sum.Store(sums);
    }

    /// <summary>y = result / sum, and ln sum + maximum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Finish<V>(MicroKernels kernels, float* result, float* maxima, float* turned, long row, nint count, int head) where V : struct, IVector<V>
    {
        nint dim = Args.HeadDim, stride = (nint)AttentionPanels.Aligned(dim);
        for (nint half = 0; half < count; half += 16)
        {
            float* sums = result + dim * Columns + half;
            V sum = V.Load(sums), some = V.Less(V.Create(0), sum), divisor = V.Select(V.Equal(sum, V.Create(0)), V.Create(1), sum);
            for (nint d = 0; d < dim; d++)
                (V.Load(result + d * Columns + half) / divisor).Store(result + d * Columns + half);
            (V.Load(maxima + half) + V.Select(some, Log.Of(sum), V.Create(0))).Store(sums);
        }
        Packing.Transpose(result, Columns, dim, Columns, turned, stride, kernels.Lanes);
        for (nint i = 0; i < count; i++)
        {
            nint at = (nint)row + i;
            new ReadOnlySpan<float>(turned + i * stride, (int)dim).CopyTo(new Span<float>(Args.Y + (at * Args.Heads + head) * dim, (int)dim));
            if (Args.LogSumExp is not null)
                Args.LogSumExp[at * Args.Heads + head] = result[dim * Columns + i];
        }
    }
}
