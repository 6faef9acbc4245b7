using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) · <c>weight</c> + <c>bias</c> for x (N, channels, …), μ and σ² over each of
/// <c>groups</c> groups of channels of each sample (Wu and He, 2018).
/// </summary>
public sealed class GroupNorm : Module
{
    /// <param name="groups">Groups of channels.</param>
    /// <param name="channels">The second dimension.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Are weight and bias there.</param>
    /// <param name="type">The type of the parameters.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(int groups, long channels, double eps = 1e-5, bool affine = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (groups < 1 || channels % groups != 0)
            throw new ArgumentException($"GroupNorm: groups {groups} must divide the {channels} channels", nameof(groups));
        (Groups, Eps) = (groups, eps);
        if (!affine)
            return;
        Weight = AddParameter("weight", new Shape(channels), new ConstantInitializer(1));
        Bias = AddParameter("bias", new Shape(channels), new ConstantInitializer());
    }

    public Parameter? Weight { get; }

    public Parameter? Bias { get; }

    public int Groups { get; }

    public double Eps { get; }

    protected override Tensor Forward(Tensor x) => x.GroupNorm(Groups, Weight?.Value ?? default, Bias?.Value ?? default, Eps);
}
