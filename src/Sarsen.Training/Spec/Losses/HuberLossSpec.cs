using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Losses;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.HuberLoss</c>.</summary>
[Description("Squared where the error is at most delta, straight beyond.")]
[DefaultProperty(nameof(Delta))]
public sealed record HuberLossSpec : ValueLossSpec
{
    [Description("Where the square ends, in units of the target."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Delta { get; init; } = 1;

    public override Loss Create() => new HuberLoss(Delta);
}
