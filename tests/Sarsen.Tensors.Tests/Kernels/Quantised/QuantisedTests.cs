using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels.Quantised;

/// <summary>Every path against the definition, written out plainly: equal bits.</summary>
public unsafe class QuantisedTests
{
    private static IEnumerable<(string Name, QuantisedKernels Kernels)> Tables =>
        [.. Enum.GetValues<InstructionSet>().Where(InstructionSets.Supports).Select(set => ($"{set}", QuantisedKernels.For(set))), ("the best", QuantisedKernels.Best)];

    [Fact]
    public void Kernels_are_exact_for_all_rows_and_columns_and_at_the_extremes()
    {
        var random = new Random(3);
        foreach (bool leftSigned in (ReadOnlySpan<bool>)[false, true])
        {
            for (int rows = 1; rows <= QuantisedKernels.PanelRows; rows++)
            {
                for (int columns = 1; columns <= QuantisedKernels.PanelColumns; columns++)
                {
                    int k4 = 1 + (rows + columns) % 5;
                    bool extreme = columns % 7 == 0;
                    byte[] a = Bytes(4 * k4 * rows, leftSigned), b = Bytes(4 * k4 * QuantisedKernels.PanelColumns, !leftSigned);
                    int[] expected = Run(QuantisedKernels.For(InstructionSet.Scalar));
                    foreach ((string name, QuantisedKernels kernels) in Tables)
                        Run(kernels).ShouldBe(expected, $"{name}, {rows} × {columns}");

                    byte[] Bytes(int count, bool signed) =>
                        [.. Enumerable.Range(0, count).Select(_ => (byte)(signed ? extreme ? -63 : random.Next(-63, 64) : extreme ? 255 : random.Next(256)))];

                    int[] Run(QuantisedKernels of)
                    {
                        using var memory = new KernelMemory();
                        int* c = memory.New<int>(QuantisedKernels.PanelRows * QuantisedKernels.PanelColumns);
                        of.Run(leftSigned, k4, memory.Put<byte>(a), rows, memory.Put<byte>(b), columns, c);
                        return [.. Enumerable.Range(0, rows * columns).Select(i => c[i / columns * QuantisedKernels.PanelColumns + i % columns])];
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(1, 33, 70)]
    [InlineData(5, 10, 16)]
    [InlineData(13, 64, 19)]
    [InlineData(37, 7, 130)]
    public void A_linear_layer_equals_its_definition(int rows, int outputs, int inputs)
    {
        float[] x = Widths.Normal(rows * inputs, $"x {rows}", 3), bias = Widths.Normal(outputs, "bias");
        (sbyte[] q, float[] scales) = Weight(outputs, inputs);
        foreach (InputRange? range in (InputRange?[])[null, new InputRange(-2, 4)])
        {
            float[] expected = new float[rows * outputs];
            for (int r = 0; r < rows; r++)
            {
                (float step, int zero) = Step(x.AsSpan(r * inputs, inputs), range);
                for (int o = 0; o < outputs; o++)
                {
                    int sum = 0;
                    for (int i = 0; i < inputs; i++)
                        sum += (Byte(x[r * inputs + i], step, zero) - zero) * q[o * inputs + i];
                    expected[r * outputs + o] = MathF.FusedMultiplyAdd(sum, step * scales[o], bias[o]);
                }
            }
            foreach ((string name, QuantisedKernels kernels) in Tables)
            {
                foreach (Workers workers in (Workers[])[Workers.Serial, Workers.Shared])
                    Widths.Agree(name, () => Linear(x, q, scales, bias, rows, outputs, inputs, range, workers, kernels)).ShouldBe(expected);
            }
        }
    }

    public static TheoryData<int, int, int, int, int, Window2d> Convolutions => new()
    {
        { 1, 1, 5, 4, 1, new Window2d(1, 1) },
        { 2, 3, 8, 9, 13, new Window2d(3, 3).WithPadding(1) },
        { 3, 5, 4, 4, 25, new Window2d(3, 3).WithPadding(1) },
        { 2, 8, 9, 7, 4, new Window2d(3, 2).WithStride(2).WithPadding(1) },
        { 1, 6, 12, 12, 12, new Window2d(3, 3) { PadTop = 2, PadRight = 1 }.WithDilation(2) },
        { 2, 16, 40, 40, 8, new Window2d(1, 1).WithStride(2) },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void A_convolution_equals_its_definition(int batch, int channels, int height, int width, int filters, Window2d window)
    {
        var shape = new Conv2dShape(batch, channels, height, width, filters, window);
        float[] x = Widths.Normal(batch * channels * height * width, "x", 2), bias = Widths.Normal(filters, "bias");
        (sbyte[] q, float[] scales) = Weight(filters, channels * (int)(window.KernelHeight * window.KernelWidth));
        foreach (InputRange? range in (InputRange?[])[null, new InputRange(-1, 3)])
        {
            float[] expected = Reference(shape, x, q, scales, bias, range);
            foreach ((string name, QuantisedKernels kernels) in Tables)
            {
                foreach (Workers workers in (Workers[])[Workers.Serial, Workers.Shared])
                    Widths.Agree(name, () => Conv2d(shape, x, q, scales, bias, range, workers, kernels)).ShouldBe(expected);
            }
        }
    }

    [Fact]
    public void What_is_not_finite_makes_its_own_sample_nan_and_no_other()
    {
        float[] x = Widths.Normal(3 * 20, "x"), bias = new float[4];
        x[25] = float.PositiveInfinity;
        x[45] = float.NaN;
        (sbyte[] q, float[] scales) = Weight(4, 20);
        foreach (InputRange? range in (InputRange?[])[null, new InputRange(-1, 3)])
        {
            float[] y = Linear(x, q, scales, bias, 3, 4, 20, range, Workers.Serial, QuantisedKernels.Best);
            y[..4].ShouldAllBe(v => float.IsFinite(v));
            y[4..].ShouldAllBe(v => float.IsNaN(v));
        }
        var shape = new Conv2dShape(3, 5, 2, 2, 4, new Window2d(1, 1));
        (q, scales) = Weight(4, 5);
        float[] pictures = Conv2d(shape, x, q, scales, bias, null, Workers.Serial, QuantisedKernels.Best);
        pictures[..16].ShouldAllBe(v => float.IsFinite(v));
        pictures[16..].ShouldAllBe(v => float.IsNaN(v));
    }

    [Fact]
    public void A_sample_of_zeros_gives_the_bias()
    {
        (sbyte[] q, float[] scales) = Weight(3, 9);
        Linear(new float[9], q, scales, [1, 2, 3], 1, 3, 9, null, Workers.Serial, QuantisedKernels.Best).ShouldBe([1, 2, 3]);
    }

    private static float[] Linear(float[] x, sbyte[] q, float[] scales, float[] bias, int rows, int outputs, int inputs, InputRange? range, Workers workers, QuantisedKernels kernels)
    {
        using var memory = new KernelMemory();
        byte* packed = memory.New<byte>((QuantisedLinear.PackedBytes(outputs, inputs) + 63) / 64 * 64);
        QuantisedLinear.Pack(memory.Put<sbyte>(q), memory.Put(scales), outputs, inputs, packed);
        float* y = memory.New<float>(rows * outputs);
        byte* workspace = memory.New<byte>((QuantisedLinear.WorkspaceBytes(rows, outputs, inputs, workers) + 63) / 64 * 64);
        QuantisedLinear.Run(memory.Put(x), packed, memory.Put(bias), y, rows, outputs, inputs, range, default(NoEpilogue), workers, workspace, kernels);
        return KernelMemory.Read(y, rows * outputs);
    }

    private static float[] Conv2d(in Conv2dShape shape, float[] x, sbyte[] q, float[] scales, float[] bias, InputRange? range, Workers workers, QuantisedKernels kernels)
    {
        using var memory = new KernelMemory();
        byte* packed = memory.New<byte>((QuantisedConv2d.PackedBytes(shape) + 63) / 64 * 64);
        QuantisedConv2d.Pack(memory.Put<sbyte>(q), memory.Put(scales), shape, packed);
        float* y = memory.New<float>(shape.Batch * shape.Filters * shape.OutPlane);
        byte* workspace = memory.New<byte>((QuantisedConv2d.WorkspaceBytes(shape, workers) + 63) / 64 * 64);
        QuantisedConv2d.Run(shape, memory.Put(x), packed, memory.Put(bias), y, range, default(NoEpilogue), workers, workspace, kernels);
        return KernelMemory.Read(y, shape.Batch * shape.Filters * shape.OutPlane);
    }

    private static float[] Reference(in Conv2dShape s, float[] x, sbyte[] q, float[] scales, float[] bias, InputRange? range)
    {
        (int channels, int height, int width) = ((int)s.Channels, (int)s.Height, (int)s.Width);
        (int kernelHeight, int kernelWidth, Window2d window) = ((int)s.Window.KernelHeight, (int)s.Window.KernelWidth, s.Window);
        var y = new List<float>();
        for (int n = 0; n < s.Batch; n++)
        {
            float[] picture = x[(n * channels * height * width)..((n + 1) * channels * height * width)];
            (float step, int zero) = Step(picture, range);
            for (int f = 0; f < s.Filters; f++)
            {
                for (int oh = 0; oh < s.OutHeight; oh++)
                {
                    for (int ow = 0; ow < s.OutWidth; ow++)
                    {
                        int sum = 0;
                        for (int k = 0; k < channels * kernelHeight * kernelWidth; k++)
                        {
                            (int c, int kh, int kw) = (k / (kernelHeight * kernelWidth), k / kernelWidth % kernelHeight, k % kernelWidth);
                            long h = oh * window.StrideHeight - window.PadTop + kh * window.DilationHeight, w = ow * window.StrideWidth - window.PadLeft + kw * window.DilationWidth;
                            if (h >= 0 && h < height && w >= 0 && w < width)
                                sum += (Byte(picture[(c * height + h) * width + w], step, zero) - zero) * q[f * channels * kernelHeight * kernelWidth + k];
                        }
                        y.Add(MathF.FusedMultiplyAdd(sum, scales[f] * step, bias[f]));
                    }
                }
            }
        }
        return [.. y];
    }

    private static (float Step, int Zero) Step(ReadOnlySpan<float> x, InputRange? range)
    {
        float min = Math.Min(0, x.ToArray().Min()), max = Math.Max(0, x.ToArray().Max());
        if (range is { } known)
            (min, max) = (known.Min, known.Max);
        float step = (max - min) / 255;
        return (step, (int)MathF.Round(-min / step));
    }

    private static int Byte(float x, float step, int zero) => zero + (int)MathF.Round(Math.Clamp(x * (1 / step), -zero, 255 - zero));

    private static (sbyte[] Q, float[] Scales) Weight(int outputs, int inputs)
    {
        var random = new Random(outputs + inputs);
        return ([.. Enumerable.Range(0, outputs * inputs).Select(_ => (sbyte)random.Next(-63, 64))], [.. Enumerable.Range(0, outputs).Select(o => 0.01f + o * 0.003f)]);
    }
}
