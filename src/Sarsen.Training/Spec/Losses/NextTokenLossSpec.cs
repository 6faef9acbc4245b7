using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>Learning to continue texts: the cross-entropy of each next token of a window, for language models.</summary>
[Description("Cross-entropy of the logits of each next token, for language models on token_windows.")]
public sealed record NextTokenLossSpec : LossSpec
{
    [Description("The part of the target spread over all tokens."), Range(0.0, 1.0)]
    public double LabelSmoothing { get; init; }

    public override TargetKind Target => TargetKind.None;

    public override Loss Create() => new CrossEntropyLoss(labelSmoothing: LabelSmoothing);

    public override LearningTask Task(Pipeline pipeline) => NextTokenTask.Of(pipeline);
}
