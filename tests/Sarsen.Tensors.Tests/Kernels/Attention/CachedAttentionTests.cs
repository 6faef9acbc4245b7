using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>«Prefill in any chunking and decode one by one give equal bits.»</summary>
public unsafe class CachedAttentionTests
{
    private const int Blocks = 40;

    public sealed record Case(string Name, int Heads, int KvHeads, int HeadDim, long Length, long Window = 0, double Softcap = 0)
    {
        public int Width => (Heads + 2 * KvHeads) * HeadDim;

        public override string ToString() => Name;
    }

    public static TheoryData<Case> Cases =>
    [
        new("heads of 16", 2, 2, 16, 150),
        new("heads of 64", 2, 2, 64, 70),
        new("heads of 70, grouped", 4, 2, 70, 66),
        new("one head of keys", 5, 1, 8, 100),
        new("a window", 2, 1, 16, 150, Window: 37),
        new("a cap", 4, 2, 24, 130, Softcap: 0.9),
        new("a cap and a window", 2, 1, 16, 150, Window: 37, Softcap: 3),
    ];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Any_chunking_gives_the_bits_of_the_whole(Case c)
    {
        float[] rows = Widths.Normal(c.Length * c.Width, "rows");
        float[] whole = Whole(c, rows);
        using var memory = new KernelMemory();
        foreach (int piece in (ReadOnlySpan<int>)[1, 7, 9, 40, 64, (int)c.Length])
            Cached(c, rows, piece, bytes: 4, memory, Workers.Serial).ShouldBe(whole, $"{piece} at a time");
        Workers three = Workers.Start(3);
        Cached(c, rows, 9, bytes: 4, memory, three).ShouldBe(whole, "three threads");
        three.Stop();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void All_paths_agree(Case c)
    {
        float[] rows = Widths.Normal(c.Length * c.Width, "rows");
        float[] one = KernelMemory.Agree(c.Name, memory => Cached(c, rows, 1, bytes: 4, memory, Workers.Serial));
        one.ShouldBe(Whole(c, rows));
    }

    /// <summary>What is cached in f16 gives what rounded keys and values give, in any chunking.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Half_precision_rounds_what_is_cached_and_nothing_else(Case c)
    {
        float[] rows = Widths.Normal(c.Length * c.Width, "rows");
        using var memory = new KernelMemory();
        float[] rounded = [.. rows.Select((x, i) => i % c.Width < c.Heads * c.HeadDim ? x : (float)(Half)x)];
        float[] expected = Whole(c, rounded);
        foreach (int piece in (ReadOnlySpan<int>)[1, 20])
            Cached(c, rows, piece, bytes: 2, memory, Workers.Serial).ShouldBe(expected, $"{piece} at a time");
    }

    public static TheoryData<Case> WholeGroups =>
    [
        new("heads of 32", 2, 2, 32, 150),
        new("heads of 96, grouped", 4, 2, 96, 66),
        new("heads of 256", 2, 1, 256, 40),
        new("a cap and a window", 2, 1, 64, 150, Window: 37, Softcap: 3),
    ];

    /// <summary>What is cached in eight bits gives what keys and values rounded by the formula give, in any chunking and with any instructions.</summary>
    [Theory]
    [MemberData(nameof(WholeGroups))]
    public void Eight_bits_round_what_is_cached_and_nothing_else(Case c)
    {
        float[] rows = Widths.Normal(c.Length * c.Width, "rows");
        float[] rounded = [.. rows];
        for (int at = 0; at < rows.Length; at += 32)
        {
            if (at % c.Width >= c.Heads * c.HeadDim)
                RoundGroup(rounded.AsSpan(at, 32));
        }
        float[] expected = Whole(c, rounded);
        using var memory = new KernelMemory();
        foreach (int piece in (ReadOnlySpan<int>)[1, 20, (int)c.Length])
            Cached(c, rows, piece, bytes: 1, memory, Workers.Serial).ShouldBe(expected, $"{piece} at a time");
        KernelMemory.Agree(c.Name, each => Cached(c, rows, 7, bytes: 1, each, Workers.Serial)).ShouldBe(expected);
    }

    [Fact]
    public void A_group_without_a_number_is_none_and_one_of_zeros_is_zeros()
    {
        var c = new Case("one key", 1, 1, 32, 1);
        float[] zeros = new float[c.Width], broken = new float[c.Width];
        broken[(2 * 32) + 5] = float.NaN;
        using var memory = new KernelMemory();
        Cached(c, zeros, 1, bytes: 1, memory, Workers.Serial).ShouldAllBe(y => y == 0);
        Cached(c, broken, 1, bytes: 1, memory, Workers.Serial).ShouldAllBe(y => float.IsNaN(y));
    }

    private static void RoundGroup(Span<float> x)
    {
        float most = 0;
        foreach (float value in x)
            most = Math.Max(most, Math.Abs(value));
        float d = most / 127, inverse = 1 / d;
        foreach (ref float value in x)
            value = (float)(Half)d * MathF.Round(value * inverse, MidpointRounding.AwayFromZero);
    }

    [Fact]
    public void Sequences_of_one_and_of_many_rows_share_a_batch()
    {
        var c = new Case("mixed", 2, 2, 16, 90);
        float[] first = Widths.Normal(c.Length * c.Width, "first"), second = Widths.Normal(c.Length * c.Width, "second");
        float[] wholeFirst = Whole(c, first), wholeSecond = Whole(c, second);
        using var memory = new KernelMemory();
        float* cache = memory.New<float>(Blocks * c.KvHeads * 2 * 16 * c.HeadDim, float.NaN);
        long* table = memory.Put(Table(12));
        int split = 89, y = c.Heads * c.HeadDim;
        // All but the last row of the first sequence; then that row beside the whole second one.
        Step(c, first[..(split * c.Width)], [0, split, 0, split], cache, 4, table, memory, Workers.Serial).ShouldBe(wholeFirst[..(split * y)]);
        float[] both = Step(c, [.. first[(split * c.Width)..], .. second], [0, 1, 0, 90, 1, 90, 0, 90], cache, 4, table, memory, Workers.Serial);
        both.ShouldBe([.. wholeFirst[(split * y)..], .. wholeSecond]);
    }

    [Fact]
    public void Halves_widen_exactly()
    {
        using var memory = new KernelMemory();
        ushort[] all = [.. Enumerable.Range(0, 65536).Select(i => (ushort)i)];
        float* wide = memory.New<float>(all.Length);
        Widening.Run(DType.F16, memory.Put<ushort>(all), wide, all.Length);
        for (int i = 0; i < all.Length; i++)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf(all[i]);
            (wide[i] == expected || (float.IsNaN(wide[i]) && float.IsNaN(expected))).ShouldBeTrue($"{i:X4}");
        }
    }

    private static long[] Table(int width)
    {
        // Blocks lie about in the cache: 7 is no divisor of their number.
        var table = new long[2 * width];
        for (int i = 0; i < table.Length; i++)
            table[i] = (3 + 7L * i) % Blocks;
        return table;
    }

    private static float[] Cached(Case c, float[] rows, int piece, int bytes, KernelMemory memory, Workers workers)
    {
        // Each byte 0xFF: not a number in any type, where what was not written should be read.
        byte* cache = memory.New<byte>(Blocks * c.KvHeads * 2 * KvBlocks.TileElements(bytes, c.HeadDim) * bytes, 0xFF);
        long* table = memory.Put(Table(12));
        var y = new List<float>();
        for (int at = 0; at < c.Length; at += piece)
        {
            int n = (int)Math.Min(piece, c.Length - at);
            y.AddRange(Step(c, rows[(at * c.Width)..((at + n) * c.Width)], [0, n, 0, at + n], cache, bytes, table, memory, workers));
        }
        return [.. y];
    }

    private static float[] Step(Case c, float[] rows, long[] spans, void* cache, int bytes, long* table, KernelMemory memory, Workers workers)
    {
        long n = rows.Length / c.Width;
        float* y = memory.New<float>(n * c.Heads * c.HeadDim, float.NaN);
        AttentionArgs<float> args = Args(c, memory.Put(rows), y, memory.Put(spans), spans.Length / 4, n);
        var blocks = new KvBlocks { Memory = (byte*)cache, ElementBytes = bytes, KvHeads = c.KvHeads, HeadDim = c.HeadDim, Table = table, TableWidth = 12 };
        long scratch = CachedAttention.WorkspaceBytes(n, args.Sequences, c.Heads, c.KvHeads, c.HeadDim, workers);
        CachedAttention.Forward(workers, args, blocks, Scratch(memory, scratch));
        return KernelMemory.Read(y, n * c.Heads * c.HeadDim);
    }

    private static float[] Whole(Case c, float[] rows)
    {
        using var memory = new KernelMemory();
        float* y = memory.New<float>(c.Length * c.Heads * c.HeadDim, float.NaN);
        AttentionArgs<float> args = Args(c, memory.Put(rows), y, memory.Put([0L, c.Length, 0, c.Length]), 1, c.Length);
        Sarsen.Tensors.Kernels.Attention.Forward(Workers.Serial, args, Scratch(memory, Sarsen.Tensors.Kernels.Attention.WorkspaceBytes(c.Length, 1, c.Heads, c.KvHeads, c.HeadDim, Workers.Serial)));
        return KernelMemory.Read(y, c.Length * c.Heads * c.HeadDim);
    }

    private static AttentionArgs<float> Args(Case c, float* rows, float* y, long* spans, long sequences, long n) => new()
    {
        Q = rows,
        K = rows + c.Heads * c.HeadDim,
        V = rows + (c.Heads + c.KvHeads) * c.HeadDim,
        QueryStride = c.Width,
        KeyStride = c.Width,
        ValueStride = c.Width,
        Y = y,
        Spans = spans,
        Sequences = sequences,
        Rows = n,
        Heads = c.Heads,
        KvHeads = c.KvHeads,
        HeadDim = c.HeadDim,
        Scale = 0.3,
        Causal = true,
        Window = c.Window,
        Softcap = c.Softcap,
    };

    private static void* Scratch(KernelMemory memory, long bytes)
    {
        byte* at = (byte*)memory.New<float>(bytes / sizeof(float) + 16, float.NaN);
        return (byte*)(((nint)at + 63) & ~(nint)63);
    }
}
