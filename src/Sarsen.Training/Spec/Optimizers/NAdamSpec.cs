using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.NAdam</c>: Dozat, «Incorporating Nesterov momentum into Adam», 2016.</summary>
[Description("NAdam: Adam with Nesterov's look ahead.")]
[DefaultProperty(nameof(Lr))]
public sealed record NAdamSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 2e-3;

    [Description("Decay of the running mean and of the running mean square of the gradient."), Length(2, 2), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.999];

    [Description("Added to the denominator."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("How fast the momentum grows to its whole."), Range(0, double.MaxValue)]
    public double MomentumDecay { get; init; } = 4e-3;

    public override Optimizer Create(Module module) => new NAdam(module, Betas[0], Betas[1], Eps, WeightDecay, MomentumDecay, ParameterGroups());
}
