using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Preprocessing;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.nn.PoissonNLLLoss</c>.</summary>
[Description("Negative log-likelihood of counts under a Poisson distribution. Leave the target column unscaled.")]
public sealed record PoissonNllLossSpec : ValueLossSpec
{
    [Description("The model gives the logarithm of the rate, and predictions are its exponential; else the rate itself, which must not be negative.")]
    public bool LogInput { get; init; } = true;

    [Description("With Stirling's approximation of the factorial, which the weights do not depend on.")]
    public bool Full { get; init; }

    [Description("Added to a rate below the logarithm."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Eps { get; init; } = 1e-8;

    public override Loss Create() => new PoissonNllLoss(LogInput, Full, Eps);

    public override LearningTask Task(Pipeline pipeline) => new RegressionTask(pipeline, LogInput ? OutputFunction.Exp : OutputFunction.None);
}
