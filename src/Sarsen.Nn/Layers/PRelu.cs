using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = x above zero, <c>weight</c> · x below; one learned slope for all, or one for each channel, the second dimension. It starts at
/// <c>slope</c>, PyTorch's 0.25 (He et al., 2015).
/// </summary>
public sealed class PRelu : Module
{
    /// <param name="count">1, or the number of channels.</param>
    /// <param name="slope">What the slopes start at.</param>
    /// <param name="type">The type of the parameter.</param>
    public PRelu(long count = 1, double slope = 0.25, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Weight = AddParameter("weight", new Shape(count), new ConstantInitializer(slope));
    }

    public Parameter Weight { get; }

    protected override Tensor Forward(Tensor x) => x.PRelu(Weight);
}
