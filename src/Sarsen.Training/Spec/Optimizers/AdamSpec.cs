using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.Adam</c>: Kingma and Ba, «Adam: a method for stochastic optimization», 2015.</summary>
[Description("Adam: steps scaled by running moments of the gradient.")]
[DefaultProperty(nameof(Lr))]
public sealed record AdamSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-3;

    [Description("Decay of the running mean and of the running mean square of the gradient."), Length(2, 2), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.999];

    [Description("Added to the denominator."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("Divide by the largest mean square so far.")]
    public bool Amsgrad { get; init; }

    public override Optimizer Create(Module module) => new Adam(module, Betas[0], Betas[1], Eps, WeightDecay, Amsgrad, ParameterGroups());
}
