using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.BCEWithLogitsLoss</c>: the sigmoid is part of it.</summary>
[Description("Binary cross-entropy of logits; a sigmoid at the end of the model is fused with it.")]
public sealed record BceWithLogitsLossSpec : LossSpec
{
    [Description("Weights of the positive class, one for each output; nothing: 1."), MinLength(1), Range(0, double.MaxValue)]
    public IReadOnlyList<double>? PosWeight { get; init; }
}
