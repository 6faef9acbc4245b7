using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.BCEWithLogitsLoss</c>: the sigmoid is part of it.</summary>
[Description("Binary cross-entropy of logits; a sigmoid at the end of the model is fused with it.")]
public sealed record BceWithLogitsLossSpec : LossSpec
{
    [Description("Weights of the positive class, one for each output; nothing: 1."), MinLength(1), Range(0, double.MaxValue)]
    public IReadOnlyList<double>? PosWeight { get; init; }

    public override TargetKind Target => TargetKind.Classes;

    public override Loss Create() => new BceWithLogitsLoss(PosWeight);

    public override LearningTask Task(Pipeline pipeline) => BinaryTask.Of(pipeline, "bce_with_logits", PosWeight);
}
