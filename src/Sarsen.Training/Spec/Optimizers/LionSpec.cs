using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>Chen et al., «Symbolic discovery of optimization algorithms», 2023.</summary>
[Description("Lion: steps of one size, in the direction of a running mean; half the memory of Adam.")]
[DefaultProperty(nameof(Lr))]
public sealed record LionSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-4;

    [Description("How much of the running mean is in the direction, and its decay."), Length(2, 2), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.99];

    [Description("The part of each weight taken away a step, times the learning rate."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    public override Optimizer Create(Module module) => new Lion(module, Betas[0], Betas[1], WeightDecay, ParameterGroups());
}
