using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The backward pass, which computes the scores again from the saved log-sum-exp: for each block of keys and 32 queries side
/// by side p = e^(s - lse), ds = p (m dy · v - dy · y) with dropout's factors m, and with the slope of a cap of scores as a factor,
/// and from them what they add to dq, dk and dv. A chunk owns one head of keys of one sequence with all query heads that share
/// it, so every sum has one order. Source: Dao et al.,
/// «FlashAttention», 2022, appendix B.
/// </summary>
internal unsafe struct AttentionBackward : IVectorChunk
{
    private const int Columns = AttentionPanels.Columns;
    private const int Block = AttentionArgs<float>.KeyBlock;

    public AttentionGrads<float> Grads;
    public float* Scratch;
    public long LaneFloats;

    /// <summary>Floats of scratch a thread needs, for sequences of at most <paramref name="longest"/> queries.</summary>
    public static long ScratchFloats(int headDim, long longest)
    {
        long panels = (longest + Columns - 1) / Columns;
        return panels * QueryPanel.Floats(headDim)
            + 3 * AttentionPanels.PackedFloats(Block, headDim) // keys and values as rows, keys as columns
            + 5 * Block * Columns // p and ds, both ways round, and dropout's factors
            + 2 * Block * (long)headDim // dk and dv
            + Block * AttentionPanels.Aligned(headDim + 16);
    }

    public readonly void Run<V>(int chunk, int lane) where V : struct, IVector<V>
    {
        AttentionArgs<float> a = Grads.Of;
        AttentionSpan span = a.Span(chunk / a.KvHeads);
        int kvHead = chunk % a.KvHeads;
        nint dim = a.HeadDim, packed = (nint)AttentionPanels.PackedFloats(Block, dim), panels = (nint)((span.Queries + Columns - 1) / Columns);
        MicroKernels kernels = VectorChunks.Kernels<V>();
        float* keys = Scratch + lane * LaneFloats, values = keys + packed, keyColumns = values + packed;
        float* p = keyColumns + packed, ds = p + Block * Columns, pTurned = ds + Block * Columns, dsTurned = pTurned + Block * Columns;
        float* factors = dsTurned + Block * Columns, dk = factors + Block * Columns, dv = dk + Block * dim, turned = dv + Block * dim;
        float* queries = turned + Block * AttentionPanels.Aligned(dim + 16);

        for (int g = 0; g < a.Group; g++)
        {
            int head = kvHead * a.Group + g;
            for (nint i = 0; i < panels; i++)
                new QueryPanel(queries, dim, i).Load<V>(kernels, Grads, span, head, i);
            for (long key = 0; key < span.Keys; key += Block)
            {
                nint n = (nint)Math.Min(Block, span.Keys - key), row = (nint)(span.Key + key);
                AttentionPanels.PackRows(kernels, a.K + row * a.KeyStride + kvHead * dim, a.KeyStride, n, dim, keys);
                AttentionPanels.PackRows(kernels, a.V + row * a.ValueStride + kvHead * dim, a.ValueStride, n, dim, values);
                AttentionPanels.PackColumns(kernels, a.K + row * a.KeyStride + kvHead * dim, a.KeyStride, dim, n, keyColumns);
                new Span<float>(dk, Block * (int)dim * 2).Clear();
                for (nint i = 0; i < panels; i++)
                {
                    nint count = (nint)Math.Min(Columns, span.Queries - i * Columns);
                    (long from, long to) = a.Visible(span, i * Columns, count);
                    nint m = (nint)Math.Min(n, to - key);
                    if (m <= 0 || key + m <= from)
                        continue;
                    var query = new QueryPanel(queries, dim, i);
                    nint width = count > 16 ? 32 : 16, keyWidth = (m + 15) & ~15;
                    AttentionPanels.Multiply(kernels, n, dim, m, dim, keys, query.Q, AttentionPanels.Rows32, p, Columns, width, accumulate: false); // (keys, 32)
                    AttentionPanels.Multiply(kernels, n, dim, m, dim, values, query.Dy, AttentionPanels.Rows32, ds, Columns, width, accumulate: false); // (keys, 32)
                    if (a.Dropout.IsOn)
                    {
                        a.Dropout.Fill(factors, chunk / a.KvHeads, i * Columns, count, head, a.Heads, key, m, span.Keys);
                        Drop<V>(ds, factors, m, width);
                    }
                    for (nint half = 0; half < width; half += 16)
                    {
                        var mask = new AttentionMask(a, span.Keys - span.Queries + i * Columns + half);
                        Scores<V>(p + half, ds + half, m, keyWidth, key, mask, (float)a.Softcap, query.LogSumExp + half, query.Delta + half);
                    }
                    if (a.Dropout.IsOn)
                        Drop<V>(p, factors, m, width);
                    AttentionPanels.Multiply(kernels, dim, n, dim, m, keyColumns, ds, AttentionPanels.Rows32, query.Dq, Columns, width, accumulate: true); // (headDim, 32)
                    Packing.Transpose(p, Columns, keyWidth, width, pTurned, Block, kernels.Lanes); // (queries, keys)
                    Packing.Transpose(ds, Columns, keyWidth, width, dsTurned, Block, kernels.Lanes);
                    AttentionPanels.Multiply(kernels, dim, count, dim, count, query.DyColumns, pTurned, AttentionPanels.Rows64, dv, Block, keyWidth, accumulate: true); // (headDim, keys)
                    AttentionPanels.Multiply(kernels, dim, count, dim, count, query.QColumns, dsTurned, AttentionPanels.Rows64, dk, Block, keyWidth, accumulate: true);
                }
                nint at = kvHead * dim;
                Store<V>(kernels, dk, Block, n, turned, Grads.Dk is null ? null : Grads.Dk + row * Grads.DkStride + at, Grads.DkStride, (float)a.Scale, add: g > 0);
                Store<V>(kernels, dv, Block, n, turned, Grads.Dv is null ? null : Grads.Dv + row * Grads.DvStride + at, Grads.DvStride, 1, add: g > 0);
            }
            for (nint i = 0; i < panels; i++)
            {
                nint row = (nint)(span.Query + i * Columns), count = (nint)Math.Min(Columns, span.Queries - i * Columns);
                Store<V>(kernels, new QueryPanel(queries, dim, i).Dq, Columns, count, turned, Grads.Dq is null ? null : Grads.Dq + row * Grads.DqStride + head * dim, Grads.DqStride, (float)a.Scale, add: false);
            }
        }
    }

    /// <summary>
    /// In place: scores to p = e^(score - lse), and dy · v to ds = p (dy · v - δ), of sixteen queries; zeros for the keys
    /// that fill up the width.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Scores<V>(float* p, float* ds, nint keys, nint width, long firstKey, in AttentionMask mask, float cap, float* logSumExp, float* delta) where V : struct, IVector<V>
    {
        V lse = V.Load(logSumExp), own = V.Load(delta);
        bool open = mask.IsOpen(firstKey, firstKey + keys);
        V highest = V.Create(cap > 0 ? cap : 1);
        for (nint j = 0; j < keys; j++)
        {
            V s = V.Load(p + j * Columns), slope = V.Create(1);
            if (cap > 0)
            {
                V t = Tanh.Of(s / highest);
                (s, slope) = (highest * t, slope - t * t);
            }
            V e = Exp.Of(s - lse);
            if (!open)
                e &= mask.Of<V>(firstKey + j);
            e.Store(p + j * Columns);
            V gradient = e * (V.Load(ds + j * Columns) - own);
            (cap > 0 ? gradient * slope : gradient).Store(ds + j * Columns);
        }
        for (nint j = keys; j < width; j++)
        {
            V.Create(0).Store(p + j * Columns);
            V.Create(0).Store(ds + j * Columns);
        }
    }

    /// <summary>Rows of 32 queries times dropout's factors, in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Drop<V>(float* rows, float* factors, nint keys, nint width) where V : struct, IVector<V>
    {
        for (nint j = 0; j < keys; j++)
        {
            for (nint half = 0; half < width; half += 16)
                (V.Load(rows + j * Columns + half) * V.Load(factors + j * Columns + half)).Store(rows + j * Columns + half);
        }
    }

    /// <summary>Writes, or adds, columns of a gradient as rows: to[i · ld + d] = scale · columns[d · width + i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Store<V>(MicroKernels kernels, float* columns, nint width, nint count, float* turned, float* to, nint ld, float scale, bool add) where V : struct, IVector<V>
    {
        if (to is null)
            return;
        nint dim = Grads.Of.HeadDim, stride = (nint)AttentionPanels.Aligned(dim);
        Packing.Transpose(columns, width, dim, width, turned, stride, kernels.Lanes);
        V by = V.Create(scale);
        for (nint i = 0; i < count; i++)
        {
            for (nint d = 0; d < dim; d += 16)
            {
                nint n = nint.Min(16, dim - d);
                V value = V.Load(turned + i * stride + d) * by;
                if (add)
                    value += V.Load(to + i * ld + d, n);
                value.Store(to + i * ld + d, n);
            }
        }
    }

    /// <summary>What backward needs of 32 queries of one head, in the scratch memory of a thread.</summary>
    private readonly struct QueryPanel
    {
        private readonly nint _dim;

        public QueryPanel(float* panels, nint dim, nint index)
        {
            _dim = dim;
            Q = panels + index * (nint)Floats((int)dim);
            Dy = Q + dim * Columns;
            Dq = Dy + dim * Columns;
            LogSumExp = Dq + dim * Columns;
            Delta = LogSumExp + Columns;
            QColumns = Delta + Columns;
            DyColumns = QColumns + AttentionPanels.PackedFloats(dim, Columns);
        }

        public static long Floats(int dim) => 3 * (long)dim * Columns + 2 * Columns + 2 * AttentionPanels.PackedFloats(dim, Columns);

        /// <summary>Scaled, (headDim, 32).</summary>
        public float* Q { get; }

        /// <summary>(headDim, 32).</summary>
        public float* Dy { get; }

        /// <summary>(headDim, 32), to be scaled.</summary>
        public float* Dq { get; }

        public float* LogSumExp { get; }

        /// <summary>dy · y.</summary>
        public float* Delta { get; }

        /// <summary>Packed rows of depth queries.</summary>
        public float* QColumns { get; }

        /// <summary>Packed rows of depth queries.</summary>
        public float* DyColumns { get; }

        public void Load<V>(MicroKernels kernels, in AttentionGrads<float> grads, in AttentionSpan span, int head, nint index) where V : struct, IVector<V>
        {
            AttentionArgs<float> a = grads.Of;
            nint row = (nint)(span.Query + index * Columns), count = (nint)Math.Min(Columns, span.Queries - index * Columns), width = a.Heads * _dim;
            float* q = a.Q + row * a.QueryStride + head * _dim, dy = grads.Dy + row * width + head * _dim, y = a.Y + row * width + head * _dim;
            AttentionPanels.Turn(kernels, q, a.QueryStride, count, _dim, Q);
            AttentionPanels.Turn(kernels, dy, width, count, _dim, Dy);
            V scale = V.Create((float)a.Scale);
            for (nint i = 0; i < _dim * Columns; i += 16)
                (V.Load(Q + i) * scale).Store(Q + i);
            AttentionPanels.PackColumns(kernels, q, a.QueryStride, _dim, count, QColumns);
            AttentionPanels.PackColumns(kernels, dy, width, _dim, count, DyColumns);
            new Span<float>(Dq, (int)_dim * Columns).Clear();
            for (nint i = 0; i < Columns; i++)
            {
                LogSumExp[i] = i < count ? a.LogSumExp[(row + i) * a.Heads + head] : 0;
                Delta[i] = i < count ? (float)SoftmaxRow.Dot<V>(dy + i * width, y + i * width, _dim) : 0;
            }
        }
    }
}
