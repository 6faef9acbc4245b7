using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) for each channel of each sample of (N, channels, …), times <c>weight</c> plus <c>bias</c>
/// where it is affine, which as in PyTorch it is not by default (Ulyanov et al., 2016). The statistics are always the
/// sample's own.
/// </summary>
public abstract class InstanceNorm : Module
{
    private readonly long _channels;
    private readonly int _rank;

    private protected InstanceNorm(long channels, double eps, bool affine, int rank, DType type) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (_channels, Eps, _rank) = (channels, eps, rank);
        if (!affine)
            return;
        Weight = AddParameter("weight", new Shape(channels), new ConstantInitializer(1));
        Bias = AddParameter("bias", new Shape(channels), new ConstantInitializer());
    }

    public Parameter? Weight { get; }

    public Parameter? Bias { get; }

    public double Eps { get; }

    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank != _rank || x.Shape[1] != _channels)
            throw new ShapeException($"{Kind} at '{Path}': {_rank} dimensions expected, the second of size {_channels}; the input has the shape {x.Shape}");
        if (x.Shape.Count == x.Shape[0] * _channels)
            throw new ShapeException($"{Kind} at '{Path}': more than one value for each channel of a sample is needed; the input has the shape {x.Shape}");
        return x.GroupNorm(_channels, Weight?.Value ?? default, Bias?.Value ?? default, Eps);
    }
}

/// <summary><see cref="InstanceNorm"/> of (N, C, L).</summary>
public sealed class InstanceNorm1d(long channels, double eps = 1e-5, bool affine = false, DType type = DType.F32)
    : InstanceNorm(channels, eps, affine, 3, type);

/// <summary><see cref="InstanceNorm"/> of (N, C, H, W).</summary>
public sealed class InstanceNorm2d(long channels, double eps = 1e-5, bool affine = false, DType type = DType.F32)
    : InstanceNorm(channels, eps, affine, 4, type);
