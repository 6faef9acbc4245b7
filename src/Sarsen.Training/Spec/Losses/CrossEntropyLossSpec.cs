using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.CrossEntropyLoss</c>: softmax is part of it.</summary>
[Description("Cross-entropy of logits with class numbers; a softmax at the end of the model is fused with it.")]
public sealed record CrossEntropyLossSpec : LossSpec
{
    [Description("The part of the target spread over all classes."), Range(0.0, 1.0)]
    public double LabelSmoothing { get; init; }

    [Description("A weight a class, in the order of the classes; nothing: all equal."), MinLength(1), Range(0, double.MaxValue)]
    public IReadOnlyList<double>? ClassWeights { get; init; }

    [Description("The target that counts for nothing.")]
    public long IgnoreIndex { get; init; } = -100;

    public override TargetKind Target => TargetKind.Classes;

    public override Loss Create() => new CrossEntropyLoss(ClassWeights, IgnoreIndex, LabelSmoothing);

    public override LearningTask Task(Pipeline pipeline) => ClassTask.Of(pipeline, OutputFunction.Softmax, ClassWeights, IgnoreIndex);
}
