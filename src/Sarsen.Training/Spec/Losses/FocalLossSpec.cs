using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>Lin et al., «Focal loss for dense object detection», 2017, for any number of classes: softmax is part of it.</summary>
[Description("Cross-entropy that looks away from what is right already, for classes of very different sizes; a softmax at the end of the model is fused with it.")]
[DefaultProperty(nameof(Gamma))]
public sealed record FocalLossSpec : LossSpec
{
    [Description("How much it looks away: 0 is cross-entropy."), Range(0, 100.0)]
    public double Gamma { get; init; } = 2;

    [Description("A weight a class, in the order of the classes: the paper's alpha; nothing: all equal."), MinLength(1), Range(0, double.MaxValue)]
    public IReadOnlyList<double>? ClassWeights { get; init; }

    [Description("The target that counts for nothing.")]
    public long IgnoreIndex { get; init; } = -100;

    public override TargetKind Target => TargetKind.Classes;

    public override Loss Create() => new FocalLoss(Gamma, ClassWeights, IgnoreIndex);

    public override LearningTask Task(Pipeline pipeline) => ClassTask.Of(pipeline, OutputFunction.Softmax, ClassWeights, IgnoreIndex, "focal");
}
