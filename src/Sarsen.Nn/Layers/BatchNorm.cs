using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = (x - μ) / √(σ² + eps) · <c>weight</c> + <c>bias</c> for each channel, the second dimension. In training μ and
/// σ² are the batch's (σ² biased), and <c>running_mean</c> and <c>running_var</c> (unbiased) move towards them by
/// <c>momentum</c>, or, without one, become the means over all batches, which <c>num_batches_tracked</c> counts;
/// otherwise μ and σ² are the running ones, or the batch's where none are tracked (Ioffe and Szegedy, 2015).
/// </summary>
public abstract class BatchNorm : Module
{
    private readonly int _minRank;
    private readonly int _maxRank;

    private protected BatchNorm(long channels, double eps, double? momentum, bool affine, bool trackRunningStats, int minRank, int maxRank, DType type) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(channels, 1);
        (Eps, Momentum, _minRank, _maxRank) = (eps, momentum, minRank, maxRank);
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
        if (momentum is null)
            BatchesTracked = AddCounter("num_batches_tracked");
    }

    /// <summary>Null where it is not affine, and so is <see cref="Bias"/>.</summary>
    public Parameter? Weight { get; }

    public Parameter? Bias { get; }

    /// <summary>None where nothing is tracked, and so is <see cref="RunningVar"/>.</summary>
    public Tensor RunningMean { get; }

    public Tensor RunningVar { get; }

    /// <summary>How many batches the running statistics are the means of; none but without a momentum.</summary>
    public Tensor BatchesTracked { get; }

    public double Eps { get; }

    /// <summary>Null: the running statistics are the means over all batches.</summary>
    public double? Momentum { get; }

    protected override Tensor Forward(Tensor x)
    {
        if (x.Rank < _minRank || x.Rank > _maxRank)
            throw new ShapeException($"{Kind} at '{Path}': {_minRank} to {_maxRank} dimensions expected, the input has the shape {x.Shape}");
        (Tensor weight, Tensor bias) = (Weight?.Value ?? default, Bias?.Value ?? default);
        return BatchesTracked.IsNone
            ? x.BatchNorm(weight, bias, RunningMean, RunningVar, Eps, Momentum ?? 0)
            : x.BatchNormOverAll(weight, bias, RunningMean, RunningVar, BatchesTracked, Eps);
    }
}

/// <summary><see cref="BatchNorm"/> of (N, C) or (N, C, L).</summary>
public sealed class BatchNorm1d(long channels, double eps = 1e-5, double? momentum = 0.1, DType type = DType.F32, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(channels, eps, momentum, affine, trackRunningStats, 2, 3, type);

/// <summary><see cref="BatchNorm"/> of (N, C, H, W).</summary>
public sealed class BatchNorm2d(long channels, double eps = 1e-5, double? momentum = 0.1, DType type = DType.F32, bool affine = true, bool trackRunningStats = true)
    : BatchNorm(channels, eps, momentum, affine, trackRunningStats, 4, 4, type);
