using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// The transposed convolution of x (N, inChannels, H, W) with <c>weight</c> (inChannels, outChannels / groups, kH, kW),
/// plus <c>bias</c> (outChannels). H' = (H - 1) stride - top - bottom + dilation (kH - 1) + outputPadding + 1, and W'
/// alike. Both start uniform in ±1/√(outChannels / groups · kH · kW), as PyTorch's do.
/// </summary>
public sealed class ConvTranspose2d : Module
{
    /// <exception cref="ArgumentException">A size is below one, or groups does not divide both channel counts.</exception>
    public ConvTranspose2d(long inChannels, long outChannels, Window2d window, int groups = 1, (long Height, long Width) outputPadding = default, bool bias = true, DType type = DType.F32)
        : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outChannels, 1);
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"ConvTranspose2d: groups {groups} must divide the {inChannels} channels in and the {outChannels} out", nameof(groups));
        (Window, Groups, OutputPadding) = (window, groups, outputPadding);
        double bound = 1 / Math.Sqrt(outChannels / groups * window.KernelHeight * window.KernelWidth);
        Weight = AddParameter("weight", new Shape(inChannels, outChannels / groups, window.KernelHeight, window.KernelWidth), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outChannels), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public Window2d Window { get; }

    public int Groups { get; }

    /// <summary>Rows more at the bottom and columns more at the right, less than the stride.</summary>
    public (long Height, long Width) OutputPadding { get; }

    protected override Tensor Forward(Tensor x) => // (N, C, H, W) -> (N, C', H', W')
        x.ConvTranspose2d(Weight, Bias?.Value ?? default, Window, Groups, OutputPadding.Height, OutputPadding.Width);
}
