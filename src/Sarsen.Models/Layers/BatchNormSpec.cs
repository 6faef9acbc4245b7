using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="BatchNorm2d"/> of pictures, else <see cref="BatchNorm1d"/>.</summary>
[Description("Normalises each channel, the first dimension of a sample, over the batch.")]
public sealed record BatchNormSpec : LayerSpec
{
    [Description("Added to the variance, Keras's epsilon."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-5;

    [Description("How far the running statistics move towards the batch's, Keras's is 1 minus this."), Range(0.0, 1.0)]
    public double Momentum { get; init; } = 0.1;

    [Description("Do the running statistics become the means over all batches, whatever the momentum; PyTorch's momentum of None.")]
    public bool CumulativeAverage { get; init; }

    [Description("Are weight and bias trained.")]
    public bool Affine { get; init; } = true;

    [Description("Are running statistics kept for evaluation; else it uses those of its own batch.")]
    public bool TrackRunningStats { get; init; } = true;

    public override void Build(NetworkBuilder builder)
    {
        Shape sample = builder.Sample;
        if (sample.Rank is < 1 or > 3)
            throw new ShapeException($"batch_norm takes samples of (C), (C, L) or (C, H, W), here one has the shape {sample}");
        double? momentum = CumulativeAverage ? null : Momentum;
        builder.Add(sample.Rank == 3
            ? new BatchNorm2d(sample[0], Eps, momentum, affine: Affine, trackRunningStats: TrackRunningStats)
            : new BatchNorm1d(sample[0], Eps, momentum, affine: Affine, trackRunningStats: TrackRunningStats), Name);
    }
}
