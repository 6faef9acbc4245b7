using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.Adamax</c>: Kingma and Ba, «Adam: a method for stochastic optimization», 2015, section 7.</summary>
[Description("Adamax: Adam by the largest gradient instead of the mean square.")]
[DefaultProperty(nameof(Lr))]
public sealed record AdamaxSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 2e-3;

    [Description("Decay of the running mean and of the largest magnitude of the gradient."), Length(2, 2), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.999];

    [Description("Added to the magnitude."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    public override Optimizer Create(Module module) => new Adamax(module, Betas[0], Betas[1], Eps, WeightDecay, ParameterGroups());
}
