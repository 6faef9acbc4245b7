using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) for each channel of each sample of (N, channels, …), times <c>weight</c> plus <c>bias</c>
/// where it is affine, which as in PyTorch it is not by default (Ulyanov et al., 2016). The statistics are the sample's own;
/// where they are tracked, which as in PyTorch they are not by default, training moves <c>running_mean</c> and
/// <c>running_var</c> (unbiased) by <c>momentum</c> towards the means over the batch's samples, and otherwise those serve.
/// </summary>
public abstract class InstanceNorm : Module
{
    private readonly long _channels;
    private readonly int _rank;

    private protected InstanceNorm(long channels, double eps, bool affine, bool trackRunningStats, double momentum, int rank, DType type) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "the part by which running statistics move is 0 to 1");
        (_channels, Eps, Momentum, _rank) = (channels, eps, momentum, rank);
        var shape = new Shape(channels);
        if (affine)
        {
            Weight = AddParameter("weight", shape, new ConstantInitializer(1));
            Bias = AddParameter("bias", shape, new ConstantInitializer());
        }
        if (!trackRunningStats)
            return;
        RunningMean = AddBuffer("running_mean", shape);
        RunningVar = AddBuffer("running_var", shape, fill: 1);
    }

    /// <summary>Null where it is not affine, and so is <see cref="Bias"/>.</summary>
    public Parameter? Weight { get; }

    public Parameter? Bias { get; }

    /// <summary>None where nothing is tracked, and so is <see cref="RunningVar"/>.</summary>
    public Tensor RunningMean { get; }

    public Tensor RunningVar { get; }

    public double Eps { get; }

    public double Momentum { get; }

    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank != _rank || x.Shape[1] != _channels)
            throw new ShapeException($"{Kind} at '{Path}': {_rank} dimensions expected, the second of size {_channels}; the input has the shape {x.Shape}");
        (Tensor weight, Tensor bias) = (Weight?.Value ?? default, Bias?.Value ?? default);
        if (!RunningMean.IsNone && !Dispatch.IsTraining)
            return x.BatchNorm(weight, bias, RunningMean, RunningVar, Eps);
        if (x.Shape.Count == x.Shape[0] * _channels)
            throw new ShapeException($"{Kind} at '{Path}': more than one value for each channel of a sample is needed; the input has the shape {x.Shape}");
        return RunningMean.IsNone
            ? x.GroupNorm(_channels, weight, bias, Eps)
            : x.InstanceNorm(weight, bias, RunningMean, RunningVar, Eps, Momentum);
    }
}

/// <summary><see cref="InstanceNorm"/> of (N, C, L).</summary>
public sealed class InstanceNorm1d(long channels, double eps = 1e-5, bool affine = false, DType type = DType.F32, bool trackRunningStats = false, double momentum = 0.1)
    : InstanceNorm(channels, eps, affine, trackRunningStats, momentum, 3, type);

/// <summary><see cref="InstanceNorm"/> of (N, C, H, W).</summary>
public sealed class InstanceNorm2d(long channels, double eps = 1e-5, bool affine = false, DType type = DType.F32, bool trackRunningStats = false, double momentum = 0.1)
    : InstanceNorm(channels, eps, affine, trackRunningStats, momentum, 4, type);
