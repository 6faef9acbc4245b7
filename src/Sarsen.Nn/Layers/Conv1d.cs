using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Cross-correlation of x (N, inChannels, L) with <c>weight</c> (outChannels, inChannels / groups, k), plus <c>bias</c>
/// (outChannels). L' = ⌊(L + left + right - dilation (k - 1) - 1) / stride⌋ + 1. Both start uniform in
/// ±1/√(inChannels / groups · k), as PyTorch's do.
/// </summary>
public sealed class Conv1d : Module
{
    /// <exception cref="ArgumentException">A size is below one, or groups does not divide both channel counts.</exception>
    public Conv1d(long inChannels, long outChannels, Window1d window, int groups = 1, bool bias = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outChannels, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(window.Kernel, 1);
        if (groups < 1 || inChannels % groups != 0 || outChannels % groups != 0)
            throw new ArgumentException($"Conv1d: groups {groups} must divide the {inChannels} channels in and the {outChannels} out", nameof(groups));
        (Window, Groups) = (window, groups);
        double bound = 1 / Math.Sqrt(inChannels / groups * window.Kernel);
        Weight = AddParameter("weight", new Shape(outChannels, inChannels / groups, window.Kernel), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outChannels), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    public Window1d Window { get; }

    public int Groups { get; }

    protected override Tensor Forward(Tensor x) => x.Conv1d(Weight, Bias?.Value ?? default, Window, Groups); // (N, C, L) -> (N, C', L')
}
