using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = x Wᵀ + b over the last dimension. x is (…, inFeatures), y is (…, outFeatures); <c>weight</c> is
/// (outFeatures, inFeatures), <c>bias</c> (outFeatures). Both start uniform in ±1/√inFeatures, as PyTorch's do.
/// </summary>
public sealed class Linear : Module
{
    /// <exception cref="ArgumentOutOfRangeException">A size is below one.</exception>
    public Linear(long inFeatures, long outFeatures, bool bias = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inFeatures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outFeatures, 1);
        double bound = 1 / Math.Sqrt(inFeatures);
        Weight = AddParameter("weight", new Shape(outFeatures, inFeatures), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outFeatures), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    protected override Tensor Forward(Tensor x) => x.Linear(Weight, Bias?.Value ?? default); // (…, inFeatures) -> (…, outFeatures)
}
