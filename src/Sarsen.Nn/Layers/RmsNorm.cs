using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>y = x / √(Σ x² / C + eps) · <c>weight</c> over the last dimension (Zhang, Sennrich, 2019).</summary>
public sealed class RmsNorm : Module
{
    /// <param name="size">The size of the last dimension.</param>
    /// <param name="eps">Added to the mean square.</param>
    /// <param name="type">The type of the parameters.</param>
    public RmsNorm(long size, double eps = 1e-6, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Eps = eps;
        Weight = AddParameter("weight", new Shape(size), new ConstantInitializer(1));
    }

    public Parameter Weight { get; }

    public double Eps { get; }

    protected override Tensor Forward(Tensor x) => x.RmsNorm(Weight, Eps);
}
