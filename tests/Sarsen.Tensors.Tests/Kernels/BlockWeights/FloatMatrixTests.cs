using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels.BlockWeights;

/// <summary>Packed weights of F32, F16 and BF16, and several kinds one under the other: the bits of products with the same weight in f32.</summary>
public sealed unsafe class FloatMatrixTests
{
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Products_have_the_bits_of_f32(DType type)
    {
        foreach ((int outputs, int inputs) in (ReadOnlySpan<(int, int)>)[(1, 1), (16, 7), (37, 400), (65, 1000), (200, 64)])
        {
            using var matrix = new FloatMatrix(outputs, inputs, type);
            float[] weight = Fill(matrix, type, $"{outputs}");
            float[] bias = Widths.Normal(outputs, "bias");
            foreach (int rows in (ReadOnlySpan<int>)[1, 2, 3, 4, 5, 40])
            {
                float[] x = Widths.Normal(rows * inputs, $"x {rows}"), expected = Product(x, weight, bias, rows, outputs, inputs);
                foreach (Workers workers in (ReadOnlySpan<Workers>)[Workers.Serial, Workers.Shared])
                    Widths.FirstDifference(Widths.Agree($"{type}, {rows} × {outputs} × {inputs}", () => Multiply(matrix, x, bias, rows, workers)), expected).ShouldBe(-1, $"{type}, {rows} × {outputs} × {inputs}");
            }
        }
    }

    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Rows_are_read_as_they_were_written(DType type)
    {
        using var matrix = new FloatMatrix(50, 500, type);
        float[] weight = Fill(matrix, type, "rows");
        Gather(matrix, [49, 0, 17]).ShouldBe([.. weight.AsSpan(49 * 500, 500), .. weight.AsSpan(0, 500), .. weight.AsSpan(17 * 500, 500)]);
    }

    [Fact]
    public void Different_kinds_stand_one_under_the_other()
    {
        const int inputs = 96;
        FloatMatrix upper = new(20, inputs, DType.F16), lower = new(9, inputs, DType.F32);
        float[] first = Fill(upper, DType.F16, "upper"), second = Fill(lower, DType.F32, "lower");
        using var stack = new StackedMatrix([upper, lower]);
        (stack.Outputs, stack.Inputs, stack.Bytes).ShouldBe((29, inputs, upper.Bytes + lower.Bytes));
        float[] bias = Widths.Normal(29, "bias"), x = Widths.Normal(3 * inputs, "x");
        Multiply(stack, x, bias, 3, Workers.Shared).ShouldBe(Product(x, [.. first, .. second], bias, 3, 29, inputs));
        Gather(stack, [28, 19, 20, 0]).ShouldBe([.. second.AsSpan(8 * inputs, inputs), .. first.AsSpan(19 * inputs, inputs), .. second.AsSpan(0, inputs), .. first.AsSpan(0, inputs)]);
        using var narrow = new FloatMatrix(1, 95, DType.F32);
        Should.Throw<ArgumentException>(() => new StackedMatrix([upper, narrow])).Message.ShouldContain("96, 95");
    }

    [Fact]
    public void Other_types_are_refused() => Should.Throw<ArgumentException>(() => new FloatMatrix(1, 1, DType.I8)).Message.ShouldContain("I8");

    private static float[] Fill(FloatMatrix matrix, DType type, string stream)
    {
        float[] weight = Widths.Normal(matrix.Outputs * matrix.Inputs, stream);
        ushort[] half = [.. weight.Select(w => type == DType.BF16 ? (ushort)(BitConverter.SingleToUInt32Bits(w) >> 16) : BitConverter.HalfToUInt16Bits((Half)w))];
        fixed (float* f = weight)
        fixed (ushort* h = half)
        {
            for (long r = 0; r < matrix.Outputs; r++)
                matrix.Write(r, type == DType.F32 ? (byte*)(f + (r * matrix.Inputs)) : (byte*)(h + (r * matrix.Inputs)));
        }
        return type switch
        {
            DType.F32 => weight,
            DType.F16 => [.. half.Select(h => (float)BitConverter.UInt16BitsToHalf(h))],
            _ => [.. half.Select(h => BitConverter.UInt32BitsToSingle((uint)h << 16))],
        };
    }

    private static float[] Product(float[] x, float[] weight, float[] bias, int rows, int outputs, int inputs)
    {
        float[] y = new float[rows * outputs];
        fixed (float* a = x, b = weight, c = y)
            MatMul.Reference(new MatMulArgs<float>(a, b, c, rows, outputs, inputs, transposeB: true));
        for (int i = 0; i < y.Length; i++)
            y[i] += bias[i % outputs];
        return y;
    }

    private static float[] Gather(WeightMatrix matrix, long[] ids)
    {
        float[] y = new float[ids.Length * matrix.Inputs];
        fixed (long* at = ids)
        fixed (float* to = y)
            matrix.Gather(at, ids.Length, to);
        return y;
    }

    private static float[] Multiply(WeightMatrix matrix, float[] x, float[] bias, int rows, Workers workers)
    {
        using var memory = new KernelMemory();
        float* y = memory.New<float>(rows * matrix.Outputs);
        matrix.Multiply(memory.Put(x), memory.Put(bias), y, (nint)matrix.Outputs, rows, workers, memory.Scratch(matrix.WorkspaceBytes(rows, workers)));
        return KernelMemory.Read(y, rows * matrix.Outputs);
    }
}
