using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// The transposed convolution of x (N, inChannels, L) with <c>weight</c> (inChannels, outChannels / groups, k), plus
/// <c>bias</c> (outChannels). L' = (L - 1) stride - left - right + dilation (k - 1) + outputPadding + 1. Both start uniform
/// in ±1/√(outChannels / groups · k), as PyTorch's do.
/// </summary>
public sealed class ConvTranspose1d : Module
{
    /// <exception cref="ArgumentException">A size is below one, or groups does not divide both channel counts.</exception>
    public ConvTranspose1d(long inChannels, long outChannels, Window1d window, int groups = 1, long outputPadding = 0, bool bias = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window.Kernel, 1);
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"ConvTranspose1d: groups {groups} must divide the {inChannels} channels in and the {outChannels} out", nameof(groups));
        (Window, Groups, OutputPadding) = (window, groups, outputPadding);
        double bound = 1 / Math.Sqrt(outChannels / groups * window.Kernel);
        Weight = AddParameter("weight", new Shape(inChannels, outChannels / groups, window.Kernel), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outChannels), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public Window1d Window { get; }

    public int Groups { get; }

    /// <summary>Elements more at the end, less than the stride.</summary>
    public long OutputPadding { get; }

    protected override Tensor Forward(Tensor x) => x.ConvTranspose1d(Weight, Bias?.Value ?? default, Window, Groups, OutputPadding); // (N, C, L) -> (N, C', L')
}
