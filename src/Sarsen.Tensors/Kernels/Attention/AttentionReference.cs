namespace Sarsen.Tensors.Kernels;

/// <summary>Attention by its definition, in plain f64: what the fast kernels are held to, and the path of gradient checks.</summary>
public static unsafe class AttentionReference
{
    public static void Forward(in AttentionArgs<double> a)
    {
        for (long s = 0; s < a.Sequences; s++)
        {
            AttentionSpan span = a.Span(s);
            for (long i = 0; i < span.Queries; i++)
            {
                for (int h = 0; h < a.Heads; h++)
                    Row(a, s, i, h);
            }
        }
    }

    /// <summary>The same over a cache of f64 tiles, to which the new rows are added first.</summary>
    /// <param name="a">Q, K and V of the new rows; spans count all keys.</param>
    /// <param name="blocks">The cache.</param>
    /// <param name="keys">Scratch for the keys, and behind them the values, of one sequence: 2 · most keys · kvHeads · headDim.</param>
    public static void Forward(in AttentionArgs<double> a, in KvBlocks blocks, double* keys)
    {
        long width = (long)a.KvHeads * a.HeadDim;
        long* row = stackalloc long[4];
        for (long s = 0; s < a.Sequences; s++)
        {
            AttentionSpan span = a.Span(s);
            double* values = keys + span.Keys * width;
            for (long j = 0; j < span.Keys; j++)
            {
                long fresh = j - (span.Keys - span.Queries);
                for (int c = 0; c < width; c++)
                {
                    (int d, nint at) = (c % a.HeadDim, (nint)(j % KvBlocks.Positions));
                    double* tile = (double*)blocks.Tile(s, c / a.HeadDim, j), key = tile + d * KvBlocks.Positions + at, value = tile + (KvBlocks.Positions + at) * a.HeadDim + d;
                    if (fresh >= 0)
                        (*key, *value) = (a.K[(span.Query + fresh) * a.KeyStride + c], a.V[(span.Query + fresh) * a.ValueStride + c]);
                    (keys[j * width + c], values[j * width + c]) = (*key, *value);
                }
            }
            (row[0], row[1], row[2], row[3]) = (span.Query, span.Queries, 0, span.Keys);
            AttentionArgs<double> one = a;
            (one.Sequences, one.KeyStride, one.ValueStride) = (1, (nint)width, (nint)width);
            one.Spans = row;
            one.K = keys;
            one.V = values;
            Forward(one);
        }
    }

    private static void Row(in AttentionArgs<double> a, long sequence, long i, int head)
    {
        AttentionSpan span = a.Span(sequence);
        (long from, long to) = a.Visible(span, i, 1);
        double* q = Query(a, a.Q, span.Query + i, head), y = a.Y + ((span.Query + i) * a.Heads + head) * a.HeadDim;
        double max = double.NegativeInfinity, sum = 0;
        for (long j = from; j < to; j++)
            max = Math.Max(max, Score(a, q, Key(a, span, j, head)).Score);
        for (int d = 0; d < a.HeadDim; d++)
            y[d] = 0;
        for (long j = from; j < to; j++)
        {
            double p = Math.Exp(Score(a, q, Key(a, span, j, head)).Score - max);
            sum += p;
            p *= Factor(a, sequence, i, head, j);
            for (int d = 0; d < a.HeadDim; d++)
                y[d] += p * Value(a, span, j, head)[d];
        }
        for (int d = 0; d < a.HeadDim && to > from; d++)
            y[d] /= sum;
        if (a.LogSumExp is not null)
            a.LogSumExp[(span.Query + i) * a.Heads + head] = max + Math.Log(sum);
    }

    /// <summary>
    /// With p_ij from forward, dropout's factors m_ij (1 without it) and D_i = dy_i · y_i: ds_ij = p_ij (m_ij dy_i · v_j - D_i),
    /// dq_i = scale Σ_j ds_ij k_j, dk_j = scale Σ_i ds_ij q_i, dv_j = Σ_i p_ij m_ij dy_i; with a cap ds_ij has its slope as a
    /// factor. Gradients that are null are left out.
    /// </summary>
    public static void Backward(in AttentionGrads<double> g)
    {
        AttentionArgs<double> a = g.Of;
        for (long s = 0; s < a.Sequences; s++)
        {
            AttentionSpan span = a.Span(s);
            Clear(g.Dq, g.DqStride, span.Query, span.Queries, a.Heads * a.HeadDim);
            Clear(g.Dk, g.DkStride, span.Key, span.Keys, a.KvHeads * a.HeadDim);
            Clear(g.Dv, g.DvStride, span.Key, span.Keys, a.KvHeads * a.HeadDim);
            for (long i = 0; i < span.Queries; i++)
            {
                for (int h = 0; h < a.Heads; h++)
                    RowBack(g, s, i, h);
            }
        }
    }

    private static void RowBack(in AttentionGrads<double> g, long sequence, long i, int head)
    {
        AttentionArgs<double> a = g.Of;
        AttentionSpan span = a.Span(sequence);
        long row = span.Query + i, out_ = (row * a.Heads + head) * a.HeadDim;
        (long from, long to) = a.Visible(span, i, 1);
        double* q = Query(a, a.Q, row, head), dy = g.Dy + out_;
        double delta = Dot(dy, a.Y + out_, a.HeadDim), lse = a.LogSumExp[row * a.Heads + head];
        for (long j = from; j < to; j++)
        {
            double* k = Key(a, span, j, head);
            (double score, double slope) = Score(a, q, k);
            double p = Math.Exp(score - lse), factor = Factor(a, sequence, i, head, j);
            double ds = a.Scale * slope * p * (factor * Dot(dy, Value(a, span, j, head), a.HeadDim) - delta);
            long kv = (long)(head / a.Group) * a.HeadDim;
            for (int d = 0; d < a.HeadDim; d++)
            {
                if (g.Dq is not null)
                    g.Dq[row * g.DqStride + head * a.HeadDim + d] += ds * k[d];
                if (g.Dk is not null)
                    g.Dk[(span.Key + j) * g.DkStride + kv + d] += ds * q[d];
                if (g.Dv is not null)
                    g.Dv[(span.Key + j) * g.DvStride + kv + d] += p * factor * dy[d];
            }
        }
    }

    private static double Factor(in AttentionArgs<double> a, long sequence, long i, int head, long j) =>
        a.Dropout.IsOn ? a.Dropout.Of(sequence, i, head, a.Heads, j, a.Span(sequence).Keys) : 1;

    private static void Clear(double* at, nint stride, long row, long rows, long width)
    {
        for (long r = row; r < row + rows && at is not null; r++)
            new Span<double>(at + r * stride, (int)width).Clear();
    }

    private static double* Query(in AttentionArgs<double> a, double* q, long row, int head) => q + row * a.QueryStride + head * a.HeadDim;

    private static double* Key(in AttentionArgs<double> a, in AttentionSpan span, long j, int head) =>
        a.K + (span.Key + j) * a.KeyStride + head / a.Group * a.HeadDim;

    private static double* Value(in AttentionArgs<double> a, in AttentionSpan span, long j, int head) =>
        a.V + (span.Key + j) * a.ValueStride + head / a.Group * a.HeadDim;

    private static (double Score, double Slope) Score(in AttentionArgs<double> a, double* q, double* k) => ScoreCap.Of(a.Scale * Dot(q, k, a.HeadDim), a.Softcap);

    private static double Dot(double* a, double* b, int n)
    {
        double sum = 0;
        for (int d = 0; d < n; d++)
            sum += a[d] * b[d];
        return sum;
    }
}
