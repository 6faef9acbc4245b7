using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>As torchvision's <c>sigmoid_focal_loss</c>: the sigmoid is part of it.</summary>
[Description("Binary cross-entropy that looks away from what is right already; a sigmoid at the end of the model is fused with it.")]
[DefaultProperty(nameof(Gamma))]
public sealed record BinaryFocalLossSpec : LossSpec
{
    [Description("How much it looks away: 0 is binary cross-entropy."), Range(0, 100.0)]
    public double Gamma { get; init; } = 2;

    [Description("The weight of the positive class, one less it that of the other; nothing: no weights."), Range(0.0, 1.0)]
    public double? Alpha { get; init; } = 0.25;

    public override TargetKind Target => TargetKind.Classes;

    public override Loss Create() => new BinaryFocalLoss(Alpha, Gamma);

    public override LearningTask Task(Pipeline pipeline) => BinaryTask.Of(pipeline, "binary_focal");
}
