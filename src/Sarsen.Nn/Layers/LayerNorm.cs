using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) · <c>weight</c> + <c>bias</c>, μ and σ² over the last dimension (Ba et al., 2016).
/// </summary>
public sealed class LayerNorm : Module
{
    /// <param name="size">The size of the last dimension.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="type">The type of the parameters.</param>
    public LayerNorm(long size, double eps = 1e-5, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Eps = eps;
        Weight = AddParameter("weight", new Shape(size), new ConstantInitializer(1));
        Bias = AddParameter("bias", new Shape(size), new ConstantInitializer());
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public double Eps { get; }

    protected override Tensor Forward(Tensor x) => x.LayerNorm(Weight, Bias, Eps);
}
