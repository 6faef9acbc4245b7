using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) · <c>weight</c> + <c>bias</c> for each channel, the second dimension. In training μ and
/// σ² are the batch's (σ² biased), and <c>running_mean</c> and <c>running_var</c> (unbiased) move towards them by
/// <c>momentum</c>; otherwise they are the running ones (Ioffe and Szegedy, 2015).
/// </summary>
public abstract class BatchNorm : Module
{
    private readonly int _minRank;
    private readonly int _maxRank;

    private protected BatchNorm(long channels, double eps, double momentum, int minRank, int maxRank, DType type) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (Eps, Momentum, _minRank, _maxRank) = (eps, momentum, minRank, maxRank);
        Weight = AddParameter("weight", new Shape(channels), new ConstantInitializer(1));
        Bias = AddParameter("bias", new Shape(channels), new ConstantInitializer());
        RunningMean = AddBuffer("running_mean", new Shape(channels));
        RunningVar = AddBuffer("running_var", new Shape(channels), fill: 1);
    }

    public Parameter Weight { get; }

    public Parameter Bias { get; }

    public Tensor RunningMean { get; }

    public Tensor RunningVar { get; }

    public double Eps { get; }

    public double Momentum { get; }

    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank < _minRank || x.Rank > _maxRank)
            throw new ShapeException($"{Kind} at '{Path}': {_minRank} to {_maxRank} dimensions expected, the input has the shape {x.Shape}");
        return x.BatchNorm(Weight, Bias, RunningMean, RunningVar, Eps, Momentum);
    }
}

/// <summary><see cref="BatchNorm"/> of (N, C) or (N, C, L).</summary>
public sealed class BatchNorm1d(long channels, double eps = 1e-5, double momentum = 0.1, DType type = DType.F32)
    : BatchNorm(channels, eps, momentum, 2, 3, type);

/// <summary><see cref="BatchNorm"/> of (N, C, H, W).</summary>
public sealed class BatchNorm2d(long channels, double eps = 1e-5, double momentum = 0.1, DType type = DType.F32)
    : BatchNorm(channels, eps, momentum, 4, 4, type);
