using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="InstanceNorm2d"/> of pictures, else <see cref="InstanceNorm1d"/>.</summary>
[Description("Normalises each channel of each sample: (C, L) or (C, H, W).")]
public sealed record InstanceNormSpec : LayerSpec
{
    [Description("Added to the variance."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-5;

    [Description("Are weight and bias trained.")]
    public bool Affine { get; init; }

    [Description("Are means and variances of the training batches tracked, for predictions.")]
    public bool TrackRunningStats { get; init; }

    [Description("With track_running_stats: the part by which they move at each step."), Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.1;

    public override void Build(NetworkBuilder builder)
    {
        Shape sample = builder.Sample;
        if (sample.Rank is < 2 or > 3)
            throw new ShapeException($"instance_norm takes samples of (C, L) or (C, H, W), here one has the shape {sample}");
        builder.Add(sample.Rank == 3
            ? new InstanceNorm2d(sample[0], Eps, Affine, trackRunningStats: TrackRunningStats, momentum: Momentum)
            : new InstanceNorm1d(sample[0], Eps, Affine, trackRunningStats: TrackRunningStats, momentum: Momentum), Name);
    }
}
