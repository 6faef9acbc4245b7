using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests;

public unsafe class RngTests
{
    private static readonly Rng Stream = new(7, "test", step: 3, sample: 11);

    [Fact]
    public void Seed_stream_step_sample_and_element_each_change_the_draw()
    {
        uint[] words =
        [
            Stream.Word(5), Stream.Word(6), new Rng(8, "test", 3, 11).Word(5), new Rng(7, "tess", 3, 11).Word(5),
            Stream.AtStep(4).Word(5), Stream.AtSample(12).Word(5), Stream.Stream("child").Word(5),
            Stream.Word(5 + (1L << 40)), Stream.AtStep(3 + (1L << 33)).Word(5), Stream.AtSample(11 + (1L << 33)).Word(5),
        ];
        words.ShouldBeUnique();
        Stream.AtStep(4).AtStep(3).ShouldBe(Stream);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1L << 40)]
    public void Steps_and_samples_outside_their_bits_are_refused(long index)
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.AtStep(index));
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.AtSample(index));
    }

    /// <summary>In vectors where there are any, also where the low half of the counter overflows on the way.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(12_345_678)]
    [InlineData(uint.MaxValue - 7)]
    [InlineData(uint.MaxValue - 6)]
    [InlineData(uint.MaxValue)]
    [InlineData((1L << 46) - 9)]
    public void Eight_blocks_at_once_are_those_one_by_one(long block)
    {
        var rng = new Rng(5, "blocks", 987_654_321_098, 1_099_511_627_000);
        uint* words = stackalloc uint[32];
        rng.EightBlocks(block, words);
        for (int i = 0; i < 32; i++)
            words[i].ShouldBe(rng.Block(block + i / 4)[i % 4]);
    }

    [Fact]
    public void A_fill_in_pieces_equals_one_fill()
    {
        const int n = 20000;
        float[] whole = new float[n], pieces = new float[n], truncated = new float[n], truncatedPieces = new float[n];
        fixed (float* w = whole, p = pieces, t = truncated, tp = truncatedPieces)
        {
            Stream.Normal(Workers.Serial, w, n);
            Stream.TruncatedNormal(Workers.Serial, t, n, 0, 1, -1, 1);
            for (int begin = 0, size = 1; begin < n; begin += size, size = size * 5 % 23 + 1)
            {
                int count = Math.Min(size, n - begin);
                Stream.Normal(Workers.Serial, p + begin, count, first: begin);
                Stream.TruncatedNormal(Workers.Serial, tp + begin, count, 0, 1, -1, 1, first: begin);
            }
        }
        pieces.ShouldBe(whole);
        truncatedPieces.ShouldBe(truncated);
        truncated.ShouldAllBe(x => x >= -1 && x <= 1);
        for (int i = 0; i < 50; i++)
            whole[i].ShouldBe((float)Stream.Normal(i));
    }

    [Fact]
    public void Uniform_and_normal_have_their_moments()
    {
        const int n = 200_000;
        double[] uniform = new double[n], normal = new double[n];
        fixed (double* u = uniform, z = normal)
        {
            Stream.Uniform(Workers.Serial, u, n, -1, 3);
            Stream.Stream("z").Normal(Workers.Serial, z, n, 5, 2);
        }
        // Five standard errors of the mean and of the variance.
        uniform.Average().ShouldBe(1, 5 * Math.Sqrt(16 / 12.0 / n));
        uniform.ShouldAllBe(x => x >= -1 && x < 3);
        normal.Average().ShouldBe(5, 5 * 2 / Math.Sqrt(n));
        normal.Average(x => (x - 5) * (x - 5)).ShouldBe(4, 5 * 4 * Math.Sqrt(2.0 / n));
        normal.Average(x => Math.Pow((x - 5) / 2, 4)).ShouldBe(3, 5 * Math.Sqrt(96.0 / n));
        normal.Count(x => Math.Abs(x - 5) < 2).ShouldBeInRange((int)(0.6777 * n), (int)(0.6877 * n));
    }

    [Fact]
    public void Float_and_double_fills_agree()
    {
        float[] single = new float[1000];
        double[] wide = new double[1000];
        fixed (float* s = single)
        fixed (double* d = wide)
        {
            Stream.Uniform(Workers.Serial, s, 1000);
            Stream.Uniform(Workers.Serial, d, 1000);
            single.Select(x => (double)x).ShouldBe(wide);
            Stream.Normal(Workers.Serial, s, 1000);
            Stream.Normal(Workers.Serial, d, 1000);
            single.ShouldBe(wide.Select(x => (float)x));
        }
    }

    [Fact]
    public void Own_logarithm_and_circle_are_those_of_the_library()
    {
        for (uint i = 0; i < 10_000; i++)
        {
            uint word = Stream.Word(i);
            double x = (word + 0.5) / (1L << 32);
            Wide.Log(x).ShouldBe(Math.Log(x), 1e-15 * Math.Max(1, -Math.Log(x)));
            ulong turn = (ulong)word << 32;
            double sin = Wide.SinTurn(turn), cos = Wide.SinTurn(unchecked(turn + (1UL << 62)));
            double angle = word * (2 * Math.PI / (1L << 32));
            sin.ShouldBe(Math.Sin(angle), 2e-15);
            cos.ShouldBe(Math.Cos(angle), 2e-15);
        }
    }

    [Fact]
    public void Bernoulli_hits_its_probability_and_both_ends()
    {
        const int n = 100_000;
        byte[] mask = new byte[n];
        fixed (byte* m = mask)
        {
            Stream.Bernoulli(Workers.Serial, m, n, 0.3);
            ((double)mask.Count(b => b == 1)).ShouldBe(30_000, 5 * Math.Sqrt(n * 0.21));
            Stream.Bernoulli(Workers.Serial, m, n, 0);
            mask.ShouldAllBe(b => b == 0);
            Stream.Bernoulli(Workers.Serial, m, n, 1);
            mask.ShouldAllBe(b => b == 1);
        }
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.Bernoulli(Workers.Serial, null, 0, 1.5));
        Should.Throw<ArgumentOutOfRangeException>(() => Stream.Bernoulli(Workers.Serial, null, 0, double.NaN));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(long.MaxValue / 3 * 2)]
    [InlineData(long.MaxValue)]
    public void Integers_below_n_are_in_range_and_even(long n)
    {
        const int draws = 30_000;
        double mean = 0;
        for (int i = 0; i < draws; i++)
        {
            long x = Stream.Below(i, n);
            x.ShouldBeInRange(0, n - 1);
            mean += x / (double)n / draws;
        }
        mean.ShouldBe((n - 1) / 2.0 / n, 5 * Math.Sqrt(1 / 12.0 / draws));
    }

    [Fact]
    public void Every_order_of_four_is_as_likely()
    {
        const int draws = 24_000;
        var counts = new Dictionary<string, int>();
        long[] order = new long[4];
        for (int i = 0; i < draws; i++)
        {
            Stream.AtSample(i).Permutation(order);
            string key = string.Concat(order);
            counts[key] = counts.GetValueOrDefault(key) + 1;
        }
        counts.Count.ShouldBe(24);
        // Chi-square with 23 degrees of freedom: 58 is beyond 1 - 1e-4.
        counts.Values.Sum(c => (c - 1000.0) * (c - 1000.0) / 1000).ShouldBeLessThan(58);
    }

    [Fact]
    public void A_shuffle_keeps_the_items()
    {
        int[] items = Enumerable.Range(0, 1000).ToArray();
        Stream.Shuffle(items.AsSpan());
        items.ShouldNotBe(Enumerable.Range(0, 1000));
        items.Order().ShouldBe(Enumerable.Range(0, 1000));
    }

    [Fact]
    public void Truncation_that_leaves_almost_nothing_is_refused()
    {
        Should.Throw<ArgumentException>(() => Stream.TruncatedNormal(Workers.Serial, (float*)null, 0, 0, 1, 6, 7));
        Should.Throw<ArgumentException>(() => Stream.TruncatedNormal(Workers.Serial, (float*)null, 0, 0, 1, 1, -1));
    }
}
