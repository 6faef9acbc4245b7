using Sarsen.Formats.Blocks;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Testing;

namespace Sarsen.Formats.Tests.Blocks;

public sealed class BlockTypeTests
{
    private const int Blocks = 300;

    public static TheoryData<string> Read => [.. BlockTypes.All.Where(t => t.CanDequantise).Select(t => t.Name)];

    public static TheoryData<string> Written => [.. BlockTypes.All.Where(t => t.CanQuantise && t.BlockLength > 1).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(Read))]
    public void The_fast_path_is_the_plain_definition(string name)
    {
        BlockType type = BlockTypes.Find(name);
        // All bits at random: scales are denormal, infinite and not a number as well.
        var blocks = new byte[Blocks * type.BlockBytes];
        new Random(11).NextBytes(blocks);
        var values = new float[Blocks * type.BlockLength];
        type.Dequantise(blocks, values);
        for (int i = 0; i < values.Length; i++)
        {
            float plain = type.Value(blocks.AsSpan(i / type.BlockLength * type.BlockBytes, type.BlockBytes), i % type.BlockLength);
            // Which NaN it is depends on the order of operands and is not promised.
            if (!(float.IsNaN(plain) && float.IsNaN(values[i])))
                BitConverter.SingleToInt32Bits(values[i]).ShouldBe(BitConverter.SingleToInt32Bits(plain), $"{name}, element {i}");
        }
    }

    public static TheoryData<string> TakenApart => [.. BlockTypes.All.Where(t => t.Layout is not null).Select(t => t.Name)];

    [Theory]
    [MemberData(nameof(TakenApart))]
    public unsafe void Blocks_taken_apart_and_laid_out_are_the_same_elements(string name)
    {
        BlockType type = BlockTypes.Find(name);
        const int rows = 21, inputs = 512;
        byte[] blocks = RandomBlocks(type, rows * inputs / type.BlockLength);
        float[] expected = new float[rows * inputs], actual = new float[rows * inputs];
        type.Dequantise(blocks, expected);
        using var matrix = new BlockMatrix(inputs, [(type.Layout!, rows)]);
        byte* levels = stackalloc byte[inputs], leastLevels = stackalloc byte[inputs / 16];
        ushort* scales = stackalloc ushort[inputs / 32], leasts = stackalloc ushort[inputs / 32];
        sbyte* scaleLevels = stackalloc sbyte[inputs / 16];
        var row = new BlockRow { Levels = levels, Scales = scales, Leasts = leasts, ScaleLevels = scaleLevels, LeastLevels = leastLevels };
        long[] ids = [.. Enumerable.Range(0, rows).Select(i => (long)i)];
        fixed (byte* block = blocks)
        fixed (long* id = ids)
        fixed (float* to = actual)
        {
            for (int r = 0; r < rows; r++)
            {
                for (int b = 0; b < inputs / type.BlockLength; b++)
                    type.TakeApart(block + (((r * inputs / type.BlockLength) + b) * type.BlockBytes), row, b);
                matrix.Write(r, row);
            }
            matrix.Gather(id, rows, to);
        }
        actual.ShouldBe(expected);
    }

    // Of ordinary weights where the type can be written; else of random bits, with scales that are ordinary numbers.
    private static byte[] RandomBlocks(BlockType type, int count)
    {
        var random = new Random(5);
        byte[] blocks = new byte[count * type.BlockBytes];
        if (type.CanQuantise)
        {
            type.Quantise([.. Enumerable.Range(0, count * type.BlockLength).Select(_ => (random.NextSingle() - 0.5f) * random.NextSingle())], blocks);
            return blocks;
        }
        random.NextBytes(blocks);
        int[] halves = type.Name switch { "Q2_K" => [80, 82], "Q3_K" => [108], _ => [0] };
        for (int b = 0; b < count; b++)
        {
            foreach (int half in halves)
                BitConverter.TryWriteBytes(blocks.AsSpan((b * type.BlockBytes) + half), (Half)((random.NextSingle() - 0.5f) * 0.1f));
        }
        return blocks;
    }

    [Theory]
    [MemberData(nameof(Read))]
    public void Nothing_is_touched_outside_the_blocks(string name)
    {
        BlockType type = BlockTypes.Find(name);
        for (int count = 0; count <= 5; count++)
        {
            foreach (bool atEnd in new[] { true, false })
            {
                using var blocks = new GuardedBuffer<byte>(count * type.BlockBytes, atEnd);
                using var values = new GuardedBuffer<float>(count * type.BlockLength, atEnd);
                type.Dequantise(blocks.Span, values.Span);
                // Blocks of zeros have a scale of zero.
                values.Span.IndexOfAnyExcept(0).ShouldBe(-1);
                if (type.CanQuantise)
                    type.Quantise(values.Span, blocks.Span);
            }
        }
    }

    // The root mean square of what is lost, as a part of that of a normal distribution; as measured, with a tenth to spare.
    [Theory]
    [InlineData("Q8_0", 0.0059)]
    [InlineData("Q6_K", 0.0195)]
    [InlineData("Q5_K", 0.0397)]
    [InlineData("Q5_1", 0.0417)]
    [InlineData("Q5_0", 0.0469)]
    [InlineData("Q4_K", 0.0781)]
    [InlineData("Q4_1", 0.0857)]
    [InlineData("Q4_0", 0.0937)]
    public void What_is_lost_is_what_the_bits_say(string name, double most)
    {
        BlockType type = BlockTypes.Find(name);
        float[] x = Normal(64 * 256), y = RoundTrip(type, x);
        double lost = Math.Sqrt(x.Zip(y, (a, b) => Math.Pow(a - (double)b, 2)).Sum() / x.Sum(a => (double)a * a));
        lost.ShouldBeInRange(most * 0.8, most, name);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Blocks_of_one_value_come_back(string name)
    {
        BlockType type = BlockTypes.Find(name);
        foreach (float x in new[] { 0f, 1f, -1f, 1e-6f, -65504f, 65504f, 1e-30f, float.Epsilon })
        {
            float[] values = new float[256];
            Array.Fill(values, x);
            foreach (float y in RoundTrip(type, values))
            {
                // A scale is an F16: it has eleven bits, and vanishes below 2^-25.
                Math.Abs(y - x).ShouldBeLessThanOrEqualTo(MathF.Abs(x) / 512 + 1e-5f, $"{name} of {x}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Blocks_do_not_depend_on_each_other(string name)
    {
        BlockType type = BlockTypes.Find(name);
        float[] x = Normal(8 * type.BlockLength);
        var together = new byte[8 * type.BlockBytes];
        type.Quantise(x, together);
        for (int b = 0; b < 8; b++)
        {
            var alone = new byte[type.BlockBytes];
            type.Quantise(x.AsSpan(b * type.BlockLength, type.BlockLength), alone);
            alone.ShouldBe(together[(b * type.BlockBytes)..((b + 1) * type.BlockBytes)]);
        }
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void What_a_scale_cannot_hold_is_refused(string name)
    {
        BlockType type = BlockTypes.Find(name);
        foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 65520f, float.MinValue })
        {
            var values = new float[type.BlockLength];
            values[17] = bad;
            Should.Throw<ArgumentException>(() => type.Quantise(values, new byte[type.BlockBytes])).Message.ShouldContain("element 17");
        }
    }

    [Fact]
    public void Lengths_must_belong_together()
    {
        BlockType type = BlockTypes.Find("q4_k");
        Should.Throw<ArgumentException>(() => type.Dequantise(new byte[144], new float[255])).Message.ShouldContain("not whole blocks of 256");
        Should.Throw<ArgumentException>(() => type.Dequantise(new byte[143], new float[256])).Message.ShouldContain("take 144 bytes, 143 were given");
        Should.Throw<ArgumentException>(() => type.Quantise(new float[256], new byte[145])).Message.ShouldContain("take 144 bytes, 145 were given");
        Should.Throw<NotSupportedException>(() => BlockTypes.Find("Q2_K").Quantise(new float[256], new byte[84])).Message.ShouldContain("Q8_0");
        Should.Throw<NotSupportedException>(() => BlockTypes.Find("IQ1_S").Dequantise(new byte[50], new float[256]));
        Should.Throw<ArgumentException>(() => BlockTypes.Find("Q4K")).Message.ShouldContain("did you mean 'Q4_K'?");
    }

    [Fact]
    public void Ids_and_names_are_unique_and_sizes_are_sound()
    {
        BlockTypes.All.Select(t => t.Id).Distinct().Count().ShouldBe(BlockTypes.All.Count);
        BlockTypes.All.Select(t => t.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count().ShouldBe(BlockTypes.All.Count);
        BlockTypes.All.ShouldAllBe(t => t.BitsPerElement > 1 && t.BitsPerElement <= 64);
        BlockTypes.Find("Q4_K").Bytes(512).ShouldBe(288);
    }

    [Theory]
    [MemberData(nameof(Written))]
    public void Neither_way_allocates(string name)
    {
        BlockType type = BlockTypes.Find(name);
        float[] values = Normal(512);
        var blocks = new byte[type.Bytes(512)];
        AllocatedBytes.Of(() =>
        {
            type.Quantise(values, blocks);
            type.Dequantise(blocks, values);
        }).ShouldBe(0);
    }

    private static float[] RoundTrip(BlockType type, float[] values)
    {
        var blocks = new byte[type.Bytes(values.Length)];
        type.Quantise(values, blocks);
        var back = new float[values.Length];
        type.Dequantise(blocks, back);
        return back;
    }

    private static float[] Normal(int count)
    {
        var rng = new Rng(5, "blocks");
        return [.. Enumerable.Range(0, count).Select(i => (float)rng.Normal(i))];
    }
}
