using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class AttentionTests
{
    /// <param name="Queries">Of each sequence.</param>
    /// <param name="Keys">Of each sequence; null for as many as queries.</param>
    public sealed record Case(string Name, int Heads, int KvHeads, int HeadDim, long[] Queries, long[]? Keys = null, bool Causal = true, long Window = 0, double Dropout = 0, double Softcap = 0)
    {
        public override string ToString() => Name;

        public long FirstSample { get; init; } = 5;

        public long Rows => Queries.Sum();

        public long KeyRows => (Keys ?? Queries).Sum();

        public int Width => Heads * HeadDim;

        public int KvWidth => KvHeads * HeadDim;

        public long[] Spans
        {
            get
            {
                var spans = new List<long>();
                long q = 0, k = 0;
                for (int s = 0; s < Queries.Length; s++)
                {
                    spans.AddRange([q, Queries[s], k, (Keys ?? Queries)[s]]);
                    q += Queries[s];
                    k += (Keys ?? Queries)[s];
                }
                return [.. spans];
            }
        }

        public AttentionArgs<T> Args<T>(T* q, T* k, T* v, T* y, T* lse, long* spans) where T : unmanaged => new()
        {
            Q = q,
            K = k,
            V = v,
            Y = y,
            LogSumExp = lse,
            QueryStride = Width,
            KeyStride = KvWidth,
            ValueStride = KvWidth,
            Spans = spans,
            Sequences = Queries.Length,
            Rows = Rows,
            Heads = Heads,
            KvHeads = KvHeads,
            HeadDim = HeadDim,
            Scale = 1 / Math.Sqrt(HeadDim),
            Causal = Causal,
            Window = Window,
            Dropout = new AttentionDropout(new Rng(3, "attention", 2, FirstSample), Dropout),
            Softcap = Softcap,
        };
    }

    public static TheoryData<Case> Cases =>
    [
        new("one query", 1, 1, 4, [1]),
        new("a head of one", 2, 2, 1, [5]),
        new("a head of 17", 1, 1, 17, [35]),
        new("several blocks", 2, 2, 64, [150]),
        new("just over a block", 1, 1, 16, [65]),
        new("ragged", 3, 3, 8, [1, 16, 33, 70, 2]),
        new("grouped", 6, 2, 16, [40, 7]),
        new("one head of keys", 5, 1, 24, [130]),
        new("a window", 2, 1, 16, [140], Window: 20),
        new("a window of one", 1, 1, 8, [70], Window: 1),
        new("a cap", 2, 1, 16, [140], Softcap: 0.9),
        new("a cap and a window", 4, 2, 24, [3, 90], Window: 30, Softcap: 5),
        new("a cap, all keys", 2, 2, 12, [33, 66], Causal: false, Softcap: 2),
        new("all keys", 2, 2, 12, [33, 66], Causal: false),
        new("other keys", 2, 2, 16, [5, 40], [70, 3], Causal: false),
        new("no keys", 1, 1, 8, [3, 2], [0, 4], Causal: false),
        new("the last of many keys", 2, 2, 16, [3, 20], [100, 90]),
        new("the last of many keys, a window", 2, 2, 16, [3, 20], [200, 90], Window: 50),
        new("no queries", 1, 1, 8, [0, 2], [4, 2], Causal: false),
        new("dropout", 2, 2, 16, [1, 150, 33, 67], Dropout: 0.3),
        new("dropout of all keys, grouped", 6, 2, 16, [40, 7, 65], Causal: false, Dropout: 0.5),
        new("dropout of other keys", 2, 1, 12, [5, 40], [70, 3], Causal: false, Dropout: 0.9),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Agrees_with_the_definition_on_all_paths(Case c)
    {
        float[] q = Widths.Normal(c.Rows * c.Width, "q"), k = Widths.Normal(c.KeyRows * c.KvWidth, "k"), v = Widths.Normal(c.KeyRows * c.KvWidth, "v"), dy = Widths.Normal(c.Rows * c.Width, "dy");
        float[] all = KernelMemory.Agree(c.Name, memory => Run(c, q, k, v, dy, memory, Workers.Serial));
        KernelMemory.Close(c.Name, all, Reference(c, q, k, v, dy), 3e-6);
    }

    /// <summary>With values of one, a query's result is the sum of its weights, which dropout leaves as large on average.</summary>
    [Fact]
    public void Dropout_drops_the_asked_part_of_the_weights_and_scales_the_rest()
    {
        const int rows = 256, keys = 256;
        foreach (double probability in (ReadOnlySpan<double>)[0.1, 0.5, 0.8])
        {
            var c = new Case("dropout", 1, 1, 1, [rows], [keys], Causal: false, Dropout: probability);
            float[] q = new float[rows], k = new float[keys], v = [.. Enumerable.Repeat(1f, keys)];
            using var memory = new KernelMemory();
            float[] sums = Forward(c, q, k, v, memory);
            // Weights are 1 / keys, so a sum is the part that is kept / (1 - p): five deviations of a binomial over all of them.
            double kept = sums.Average(s => (double)s) * (1 - probability);
            kept.ShouldBe(1 - probability, 5 * Math.Sqrt(probability * (1 - probability) / (rows * keys)));
            sums.Distinct().Count().ShouldBeGreaterThan(10);
        }
    }

    /// <summary>The mask belongs to the sample: a sequence alone, at its own place among the samples, loses the same weights.</summary>
    [Fact]
    public void Dropout_of_a_sequence_does_not_depend_on_the_others()
    {
        var c = new Case("together", 2, 2, 16, [20, 70, 7], Dropout: 0.4);
        float[] q = Widths.Normal(c.Rows * c.Width, "q"), k = Widths.Normal(c.KeyRows * c.KvWidth, "k"), v = Widths.Normal(c.KeyRows * c.KvWidth, "v");
        using var memory = new KernelMemory();
        float[] whole = Forward(c, q, k, v, memory);
        var alone = new Case("alone", 2, 2, 16, [70], Dropout: 0.4) { FirstSample = 6 };
        Forward(alone, q[(20 * c.Width)..(90 * c.Width)], k[(20 * c.Width)..(90 * c.Width)], v[(20 * c.Width)..(90 * c.Width)], memory)
            .ShouldBe(whole[(20 * c.Width)..(90 * c.Width)]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.2)]
    public void Bits_do_not_depend_on_the_threads(double dropout)
    {
        var c = new Case("threads", 3, 3, 32, [100, 3, 257, 40], Dropout: dropout);
        float[] q = Widths.Normal(c.Rows * c.Width, "q"), k = Widths.Normal(c.KeyRows * c.KvWidth, "k"), v = Widths.Normal(c.KeyRows * c.KvWidth, "v"), dy = Widths.Normal(c.Rows * c.Width, "dy");
        using var memory = new KernelMemory();
        float[] one = Run(c, q, k, v, dy, memory, Workers.Serial);
        Workers three = Workers.Start(3);
        Run(c, q, k, v, dy, memory, three).ShouldBe(one);
        three.Stop();
    }

    /// <summary>A sequence gets the same bits alone, among others, and in pieces whose queries are the last of the keys.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void Bits_do_not_depend_on_what_is_computed_together(long window)
    {
        var c = new Case("together", 4, 2, 16, [20, 150, 7], Window: window);
        float[] q = Widths.Normal(c.Rows * c.Width, "q"), k = Widths.Normal(c.KeyRows * c.KvWidth, "k"), v = Widths.Normal(c.KeyRows * c.KvWidth, "v");
        using var memory = new KernelMemory();
        float[] whole = Forward(c, q, k, v, memory);
        foreach (int piece in (ReadOnlySpan<int>)[1, 5, 16, 31, 33, 64, 150])
        {
            for (int at = 0; at < 150; at += piece)
            {
                int n = Math.Min(piece, 150 - at), keys = at + n;
                var part = new Case("piece", 4, 2, 16, [n], [keys], Window: window);
                Forward(part, q[((20 + at) * c.Width)..((20 + at + n) * c.Width)], k[(20 * c.KvWidth)..((20 + keys) * c.KvWidth)], v[(20 * c.KvWidth)..((20 + keys) * c.KvWidth)], memory)
                    .ShouldBe(whole[((20 + at) * c.Width)..((20 + at + n) * c.Width)], $"{n} from {at}");
            }
        }
    }

    [Fact]
    public void Large_scores_stay_finite()
    {
        var c = new Case("large", 1, 1, 8, [70]);
        float[] q = Widths.Normal(c.Rows * c.Width, "q", 200), k = Widths.Normal(c.Rows * c.Width, "k", 200), v = Widths.Normal(c.Rows * c.Width, "v"), dy = Widths.Normal(c.Rows * c.Width, "dy");
        using var memory = new KernelMemory();
        Run(c, q, k, v, dy, memory, Workers.Serial).ShouldAllBe(x => float.IsFinite(x));
    }

    private static float[] Forward(Case c, float[] q, float[] k, float[] v, KernelMemory memory)
    {
        float* y = memory.New<float>(c.Rows * c.Width, float.NaN);
        AttentionArgs<float> args = c.Args(memory.Put(q), memory.Put(k), memory.Put(v), y, null, memory.Put(c.Spans));
        Sarsen.Tensors.Kernels.Attention.Forward(Workers.Serial, args, Scratch(memory, Sarsen.Tensors.Kernels.Attention.WorkspaceBytes(c.Rows, c.Queries.Length, c.Heads, c.KvHeads, c.HeadDim, Workers.Serial)));
        return KernelMemory.Read(y, c.Rows * c.Width);
    }

    // y, then dq, dk, dv.
    private static float[] Run(Case c, float[] q, float[] k, float[] v, float[] dy, KernelMemory memory, Workers workers)
    {
        long rows = c.Rows, keyRows = c.KeyRows, longest = c.Queries.Max();
        float* y = memory.New<float>(rows * c.Width, float.NaN), lse = memory.New<float>(rows * c.Heads, float.NaN);
        AttentionArgs<float> args = c.Args(memory.Put(q), memory.Put(k), memory.Put(v), y, lse, memory.Put(c.Spans));
        Sarsen.Tensors.Kernels.Attention.Forward(workers, args, Scratch(memory, Sarsen.Tensors.Kernels.Attention.WorkspaceBytes(rows, c.Queries.Length, c.Heads, c.KvHeads, c.HeadDim, workers)));
        var grads = new AttentionGrads<float>
        {
            Of = args,
            Dy = memory.Put(dy),
            Dq = memory.New<float>(rows * c.Width, float.NaN),
            Dk = memory.New<float>(keyRows * c.KvWidth, float.NaN),
            Dv = memory.New<float>(keyRows * c.KvWidth, float.NaN),
            DqStride = c.Width,
            DkStride = c.KvWidth,
            DvStride = c.KvWidth,
        };
        Sarsen.Tensors.Kernels.Attention.Backward(workers, grads, keyRows, longest, Scratch(memory, Sarsen.Tensors.Kernels.Attention.BackwardWorkspaceBytes(c.HeadDim, longest, workers)));
        return
        [
            .. KernelMemory.Read(y, rows * c.Width), .. KernelMemory.Read(grads.Dq, rows * c.Width),
            .. KernelMemory.Read(grads.Dk, keyRows * c.KvWidth), .. KernelMemory.Read(grads.Dv, keyRows * c.KvWidth),
        ];
    }

    // The scratch memory holds what others left there.
    private static void* Scratch(KernelMemory memory, long bytes)
    {
        byte* at = (byte*)memory.New<float>(bytes / sizeof(float) + 16, float.NaN);
        return (byte*)(((nint)at + 63) & ~(nint)63);
    }

    private static double[] Reference(Case c, float[] q, float[] k, float[] v, float[] dy)
    {
        double[] y = new double[c.Rows * c.Width], lse = new double[c.Rows * c.Heads], dq = new double[y.Length], dk = new double[k.Length], dv = new double[v.Length];
        fixed (double* pq = Array(q), pk = Array(k), pv = Array(v), py = y, pl = lse, pdy = Array(dy), pdq = dq, pdk = dk, pdv = dv)
        {
            fixed (long* spans = c.Spans)
            {
                AttentionArgs<double> args = c.Args(pq, pk, pv, py, pl, spans);
                AttentionReference.Forward(args);
                AttentionReference.Backward(new AttentionGrads<double> { Of = args, Dy = pdy, Dq = pdq, Dk = pdk, Dv = pdv, DqStride = c.Width, DkStride = c.KvWidth, DvStride = c.KvWidth });
            }
        }
        return [.. y, .. dq, .. dk, .. dv];

        static double[] Array(float[] values) => values.Length == 0 ? [0] : KernelMemory.Wide(values);
    }
}
