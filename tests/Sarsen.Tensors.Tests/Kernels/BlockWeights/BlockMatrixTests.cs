using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels.BlockWeights;

/// <summary>Weights in blocks: every path, any number of rows and threads against the definition, written out plainly: equal bits.</summary>
public sealed unsafe class BlockMatrixTests
{
    private static readonly (string Name, BlockLayout Layout, int Least, int Most)[] s_layouts =
    [
        ("nibbles", BlockLayout.Nibbles, 0, 15),
        ("nibbles with minima", BlockLayout.NibblesWithMinima, 0, 15),
        ("super nibbles", BlockLayout.SuperNibbles, 0, 15),
        ("fives", BlockLayout.Fives, 0, 31),
        ("fives with minima", BlockLayout.FivesWithMinima, 0, 31),
        ("super fives", BlockLayout.SuperFives, 0, 31),
        ("super fives of 16", BlockLayout.SuperFives16, 0, 31),
        ("super sixes", BlockLayout.SuperSixes, 0, 63),
        ("bytes", BlockLayout.Bytes, -128, 127),
        ("super bytes", BlockLayout.SuperBytes, -128, 127),
    ];

    public static TheoryData<string, int, int> Cases()
    {
        var data = new TheoryData<string, int, int>();
        foreach ((string name, BlockLayout layout, _, _) in s_layouts)
        {
            data.Add(name, 16, 256);
            data.Add(name, 37, 768);
            if (layout.BlockLength == 32)
                data.Add(name, 5, 32 * 19);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Products_equal_their_definition(string name, int outputs, int inputs)
    {
        Weight weight = Weight.Random(name, outputs, inputs);
        float[] bias = Widths.Normal(outputs, "bias");
        foreach (int rows in (ReadOnlySpan<int>)[1, 2, 3, 4, 7, 12, 13, 35, 300])
        {
            float[] x = Widths.Normal(rows * inputs, $"x {rows}", 3);
            if (rows == 7)
                Extremes(x, inputs);
            float[] expected = weight.Product(x, bias, rows);
            foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
                Widths.FirstDifference(Widths.Agree($"{name}, {rows} rows", () => Multiply(weight.Matrix, x, bias, rows, workers)), expected).ShouldBe(-1, $"{name}, {rows} rows");
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_read_as_they_were_written(string name, int outputs, int inputs)
    {
        Weight weight = Weight.Random(name, outputs, inputs);
        long[] ids = [outputs - 1, 0, outputs / 2, 0];
        float[] y = new float[ids.Length * inputs];
        fixed (long* at = ids)
        fixed (float* to = y)
            weight.Matrix.Gather(at, ids.Length, to);
        for (int i = 0; i < y.Length; i++)
            y[i].ShouldBe(weight.Value((int)ids[i / inputs], i % inputs), $"{name}, element {i}");
    }

    [Fact]
    public void Rows_of_several_layouts_stand_one_under_the_other()
    {
        const int inputs = 512;
        Weight first = Weight.Random("super nibbles", 20, inputs), second = Weight.Random("super sixes", 7, inputs), third = Weight.Random("bytes", 33, inputs);
        using var matrix = new BlockMatrix(inputs, [(first.Layout, 20), (second.Layout, 7), (third.Layout, 33)]);
        foreach ((Weight weight, int at) in (ReadOnlySpan<(Weight, int)>)[(first, 0), (second, 20), (third, 27)])
            weight.WriteTo(matrix, at);
        float[] bias = Widths.Normal(60, "bias");
        foreach (int rows in (ReadOnlySpan<int>)[1, 9])
        {
            float[] x = Widths.Normal(rows * inputs, "x"), y = Multiply(matrix, x, bias, rows, Workers.Shared);
            float[] a = first.Product(x, bias[..20], rows), b = second.Product(x, bias[20..27], rows), c = third.Product(x, bias[27..], rows);
            for (int r = 0; r < rows; r++)
                y.AsSpan(r * 60, 60).ToArray().ShouldBe([.. a.AsSpan(r * 20, 20), .. b.AsSpan(r * 7, 7), .. c.AsSpan(r * 33, 33)]);
        }
    }

    [Fact]
    public void What_is_not_finite_makes_its_row_NaN_and_no_other()
    {
        Weight weight = Weight.Random("nibbles", 40, 64);
        foreach (float odd in (ReadOnlySpan<float>)[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            float[] x = Widths.Normal(5 * 64, "x");
            float[] clean = Multiply(weight.Matrix, x, new float[40], 5, Workers.Serial);
            x[2 * 64 + 50] = odd;
            float[] y = Widths.Agree("odd", () => Multiply(weight.Matrix, x, new float[40], 5, Workers.Serial));
            y.AsSpan(80, 40).ToArray().ShouldAllBe(v => float.IsNaN(v));
            y.AsSpan(0, 80).SequenceEqual(clean.AsSpan(0, 80)).ShouldBeTrue();
            y.AsSpan(120).SequenceEqual(clean.AsSpan(120)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Rows_must_be_whole_blocks()
    {
        Should.Throw<ArgumentException>(() => new BlockMatrix(96, [(BlockLayout.SuperNibbles, 1)])).Message.ShouldContain("96 elements are no whole blocks of 256");
        Should.Throw<ArgumentOutOfRangeException>(() => new BlockMatrix(64, [(BlockLayout.Nibbles, 0)]));
        Should.Throw<ArgumentOutOfRangeException>(() => new BlockMatrix(64, []));
    }

    [Fact]
    public void Products_stay_inside_their_buffers()
    {
        Weight weight = Weight.Random("super sixes", 21, 256), bytes = Weight.Random("bytes", 21, 32);
        foreach (int rows in KernelMemory.Lengths)
        {
            KernelMemory.StaysInside($"{rows} rows", memory =>
            {
                foreach (Weight w in (ReadOnlySpan<Weight>)[weight, bytes])
                    w.Matrix.Multiply(memory.Values(rows * w.Inputs), memory.Values(21), memory.Result<float>(rows * 21), 21, rows, Workers.Serial, memory.Scratch(w.Matrix.WorkspaceBytes(rows, Workers.Serial)));
            }, widths: rows < 20);
        }
    }

    private static void Extremes(float[] x, int inputs)
    {
        x.AsSpan(0, 32).Clear();
        x.AsSpan(inputs, inputs).Fill(1e-40f);
        x[2 * inputs] = 1e30f;
        x.AsSpan(3 * inputs, inputs).Fill(-5);
    }

    private static float[] Multiply(BlockMatrix matrix, float[] x, float[] bias, int rows, Workers workers)
    {
        using var memory = new KernelMemory();
        float* y = memory.New<float>(rows * matrix.Outputs);
        matrix.Multiply(memory.Put(x), memory.Put(bias), y, (nint)matrix.Outputs, rows, workers, memory.Scratch(matrix.WorkspaceBytes(rows, workers)));
        return KernelMemory.Read(y, rows * matrix.Outputs);
    }

    /// <summary>A weight as its levels and scales, and its products by the definition.</summary>
    private sealed class Weight
    {
        private readonly int[] _levels;
        private readonly Half[] _scales;
        private readonly Half[] _leasts;
        private readonly sbyte[] _scaleLevels;
        private readonly byte[] _leastLevels;

        private Weight(BlockLayout layout, int outputs, int inputs, int least, int most)
        {
            (Layout, Outputs, Inputs) = (layout, outputs, inputs);
            var random = new Random(outputs * inputs);
            _levels = [.. Enumerable.Range(0, outputs * inputs).Select(i => i % 97 == 0 ? most : i % 89 == 0 ? least : random.Next(least, most + 1))];
            int blocks = outputs * inputs / layout.BlockLength, groups = outputs * inputs / layout.GroupLength;
            _scales = [.. Enumerable.Range(0, blocks).Select(i => i % 11 == 3 ? (Half)6e-8f : (Half)(random.NextSingle() - 0.4f))];
            _leasts = [.. Enumerable.Range(0, blocks).Select(_ => (Half)(random.NextSingle() - 0.5f))];
            // Six bits with minima, eight with a sign without.
            _scaleLevels = [.. Enumerable.Range(0, groups).Select(_ => (sbyte)(layout.HasMinima ? random.Next(64) : random.Next(-128, 128)))];
            _leastLevels = [.. Enumerable.Range(0, groups).Select(_ => (byte)random.Next(64))];
            Matrix = new BlockMatrix(inputs, [(layout, outputs)]);
            WriteTo(Matrix, 0);
        }

        public BlockLayout Layout { get; }

        public int Outputs { get; }

        public int Inputs { get; }

        public BlockMatrix Matrix { get; }

        private bool Super => Layout.BlockLength == 256;

        public static Weight Random(string name, int outputs, int inputs)
        {
            (_, BlockLayout layout, int least, int most) = s_layouts.Single(l => l.Name == name);
            return new Weight(layout, outputs, inputs, least, most);
        }

        public void WriteTo(BlockMatrix matrix, int first)
        {
            byte[] levels = [.. _levels.Select(l => (byte)l)];
            fixed (byte* l = levels, m = _leastLevels)
            fixed (Half* s = _scales, e = _leasts)
            fixed (sbyte* a = _scaleLevels)
            {
                for (int r = 0; r < Outputs; r++)
                {
                    matrix.Write(first + r, new BlockRow
                    {
                        Levels = l + r * Inputs,
                        Scales = (ushort*)(s + r * Inputs / Layout.BlockLength),
                        Leasts = (ushort*)(e + r * Inputs / Layout.BlockLength),
                        ScaleLevels = a + r * Inputs / Layout.GroupLength,
                        LeastLevels = m + r * Inputs / Layout.GroupLength,
                    });
                }
            }
        }

        public float Value(int row, int i)
        {
            int at = row * Inputs + i;
            return (Scale(at) * (_levels[at] - Layout.Offset)) + Minimum(at);
        }

        /// <summary>y by the contract of <see cref="BlockLayout"/>.</summary>
        public float[] Product(float[] x, float[] bias, int rows)
        {
            float[] y = new float[rows * Outputs];
            int[] q = new int[Inputs];
            float[] steps = new float[Inputs / 32];
            for (int r = 0; r < rows; r++)
            {
                for (int g = 0; g < Inputs / 32; g++)
                {
                    float most = x.AsSpan(r * Inputs + g * 32, 32).ToArray().Max(MathF.Abs), inverse = most == 0 ? 0 : 127 / most;
                    steps[g] = most / 127;
                    for (int i = g * 32; i < g * 32 + 32; i++)
                        q[i] = (int)Math.Clamp(MathF.Round(x[r * Inputs + i] * inverse), -127, 127);
                }
                for (int o = 0; o < Outputs; o++)
                {
                    float sum = 0;
                    for (int k = 0; k < Inputs; k += Layout.GroupLength)
                    {
                        int at = o * Inputs + k, dot = 0, inputs = 0;
                        for (int i = 0; i < Layout.GroupLength; i++)
                        {
                            dot += (_levels[at + i] - Layout.Offset) * q[k + i];
                            inputs += q[k + i];
                        }
                        sum = MathF.FusedMultiplyAdd(dot, Scale(at) * steps[k / 32], sum);
                        if (Layout.HasMinima)
                            sum = MathF.FusedMultiplyAdd(Minimum(at), steps[k / 32] * inputs, sum);
                    }
                    y[r * Outputs + o] = sum + bias[o];
                }
            }
            return y;
        }

        private float Scale(int at) => (float)_scales[at / Layout.BlockLength] * (Super ? _scaleLevels[at / Layout.GroupLength] : 1);

        private float Minimum(int at) => !Layout.HasMinima ? 0
            : Super ? -((float)_leasts[at / 256] * _leastLevels[at / Layout.GroupLength])
            : (float)_leasts[at / 32];
    }
}
