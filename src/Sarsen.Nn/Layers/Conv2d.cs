using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Cross-correlation of x (N, inChannels, H, W) with <c>weight</c> (outChannels, inChannels / groups, kH, kW), plus
/// <c>bias</c> (outChannels). H' = ⌊(H + top + bottom - dilation (kH - 1) - 1) / stride⌋ + 1, and W' alike. Both start
/// uniform in ±1/√(inChannels / groups · kH · kW), as PyTorch's do.
/// </summary>
public sealed class Conv2d : Module
{
    /// <param name="inChannels">Channels of x.</param>
    /// <param name="outChannels">Filters.</param>
    /// <param name="window">Sizes, strides, padding and dilation.</param>
    /// <param name="groups">Channels of a group are seen by its filters alone.</param>
    /// <param name="bias">Is there one.</param>
    /// <param name="type">F32, or F64 for checks.</param>
    /// <param name="winograd">May windows of 3 × 3 go through Winograd's transforms where that is faster; see docs/decisions/0004.</param>
    /// <exception cref="ArgumentException">A size is below one, or groups does not divide both channel counts.</exception>
    public Conv2d(long inChannels, long outChannels, Window2d window, int groups = 1, bool bias = true, DType type = DType.F32, bool winograd = true) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outChannels, 1);
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv2d: groups {groups} must divide the {inChannels} channels in and the {outChannels} out", nameof(groups));
        Window = window;
        Groups = groups;
        Winograd = winograd;
        double bound = 1 / Math.Sqrt(inChannels / groups * window.KernelHeight * window.KernelWidth);
        Weight = AddParameter("weight", new Shape(outChannels, inChannels / groups, window.KernelHeight, window.KernelWidth), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outChannels), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public Window2d Window { get; }

    public int Groups { get; }

    public bool Winograd { get; }

    protected override Tensor Forward(Tensor x) => x.Conv2d(Weight, Bias?.Value ?? default, Window, Groups, Winograd); // (N, C, H, W) -> (N, C', H', W')
}
