using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Autograd;

/// <summary>Fills the inputs of a sample, the same numbers for the same seed, in F32 or F64.</summary>
internal static class SampleTensors
{
    public static double[][] Draw(OpSample sample, ulong seed = 7) =>
        [.. sample.Inputs.Select((input, i) => Draw(input, new Rng(seed, $"{sample.Name} {i}")))];

    public static Tensor[] Make(OpSample sample, double[][] values, DType type) =>
        [.. sample.Inputs.Select((input, i) => Make(input, values[i], type))];

    public static Tensor Make(SampleInput input, double[] values, DType type)
    {
        DType actual = input.Type == DType.F32 ? type : input.Type;
        Tensor tensor = actual switch
        {
            DType.F32 => Tensor.From(Array.ConvertAll(values, v => (float)v), input.Shape),
            DType.F64 => Tensor.From(values, input.Shape),
            DType.I64 => Tensor.From(Array.ConvertAll(values, v => (long)v), input.Shape),
            DType.Bool => Tensor.From(Array.ConvertAll(values, v => v != 0), input.Shape),
            _ => throw new NotSupportedException(actual.ToString()),
        };
        return input.Grad && actual is DType.F32 or DType.F64 ? tensor.WithGrad(input.Grad) : tensor;
    }

    public static double[] Values(Tensor tensor) => tensor.DType switch
    {
        DType.F32 => Array.ConvertAll(tensor.ToArray<float>(), v => (double)v),
        DType.F64 => tensor.ToArray<double>(),
        DType.I64 => Array.ConvertAll(tensor.ToArray<long>(), v => (double)v),
        DType.I32 => Array.ConvertAll(tensor.ToArray<int>(), v => (double)v),
        DType.Bool => Array.ConvertAll(tensor.ToArray<bool>(), v => v ? 1.0 : 0),
        _ => throw new NotSupportedException(tensor.DType.ToString()),
    };

    private static double[] Draw(SampleInput input, Rng rng)
    {
        if (input.Fixed is { } given)
            return [.. given.Select(v => (double)v)];
        var values = new double[input.Shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            // Rounded to f32, so that both types start from the same numbers.
            values[i] = input.Values switch
            {
                SampleValues.Normal => (float)rng.Normal(i),
                SampleValues.Positive or SampleValues.Distribution => (float)(0.5 + 1.5 * rng.UniformDouble(i)),
                SampleValues.Negative => (float)(-0.5 - 1.5 * rng.UniformDouble(i)),
                SampleValues.Distinct => i,
                SampleValues.Index => rng.Below(i, input.Limit),
                SampleValues.Whole => input.Limit,
                SampleValues.Bits => rng.Below(i, 2),
                _ => throw new NotSupportedException(input.Values.ToString()),
            };
        }
        if (input.Values == SampleValues.Distinct)
        {
            rng.Shuffle<double>(values);
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)(0.1 * values[i] - 0.05 * values.Length + 0.03);
        }
        if (input.Values == SampleValues.Distribution)
            Normalise(values, (int)input.Shape[-1]);
        return values;
    }

    private static void Normalise(double[] values, int row)
    {
        for (int r = 0; r < values.Length; r += row)
        {
            double sum = values.AsSpan(r, row).ToArray().Sum();
            for (int i = r; i < r + row; i++)
                values[i] = (float)(values[i] / sum);
        }
    }
}
