using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn;

/// <summary>
/// How a parameter is filled before training. The numbers come from a Philox stream named by the parameter's path,
/// so they depend on the seed and on the name alone.
/// </summary>
public abstract record Initializer
{
    /// <summary>Fills <paramref name="tensor"/>, which is contiguous and F32 or F64.</summary>
    public void Fill(Tensor tensor, ulong seed, string name)
    {
        var rng = new Rng(seed, name);
        if (tensor.DType == DType.F32)
            Fill(tensor.AsSpan<float>(), tensor.Shape, rng);
        else
            Fill(tensor.AsSpan<double>(), tensor.Shape, rng);
        tensor.MarkWritten();
    }

    internal void FillWith(Span<float> values, Shape shape, Rng rng) => Fill(values, shape, rng);

    internal void FillWith(Span<double> values, Shape shape, Rng rng) => Fill(values, shape, rng);

    private protected abstract void Fill(Span<float> values, Shape shape, Rng rng);

    private protected abstract void Fill(Span<double> values, Shape shape, Rng rng);

    /// <summary>Uniform in [<paramref name="low"/>, <paramref name="high"/>).</summary>
    private protected static unsafe void Uniform(Span<float> values, Rng rng, double low, double high)
    {
        fixed (float* to = values)
            rng.Uniform(Workers.Serial, to, values.Length, (float)low, (float)high);
    }

    private protected static unsafe void Uniform(Span<double> values, Rng rng, double low, double high)
    {
        fixed (double* to = values)
            rng.Uniform(Workers.Serial, to, values.Length, low, high);
    }

    private protected static unsafe void Normal(Span<float> values, Rng rng, double mean, double deviation)
    {
        fixed (float* to = values)
            rng.Normal(Workers.Serial, to, values.Length, mean, deviation);
    }

    private protected static unsafe void Normal(Span<double> values, Rng rng, double mean, double deviation)
    {
        fixed (double* to = values)
            rng.Normal(Workers.Serial, to, values.Length, mean, deviation);
    }
}
