using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.NLLLoss</c>.</summary>
[Description("Negative log-likelihood of log-probabilities, for a model that ends in log_softmax.")]
public sealed record NllLossSpec : LossSpec
{
    [Description("A weight a class, in the order of the classes; nothing: all equal."), MinLength(1), Range(0, double.MaxValue)]
    public IReadOnlyList<double>? ClassWeights { get; init; }

    [Description("The target that counts for nothing.")]
    public long IgnoreIndex { get; init; } = -100;

    public override TargetKind Target => TargetKind.Classes;

    public override Loss Create() => new NllLoss(ClassWeights, IgnoreIndex);

    public override LearningTask Task(Pipeline pipeline) => ClassTask.Of(pipeline, OutputFunction.Exp, ClassWeights, IgnoreIndex);
}
