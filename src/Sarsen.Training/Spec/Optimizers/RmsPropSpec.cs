using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.RMSprop</c>.</summary>
[Description("Steps divided by the running root mean square of the gradient.")]
[DefaultProperty(nameof(Lr))]
public sealed record RmsPropSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-2;

    [Description("Decay of the running mean square."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Alpha { get; init; } = 0.99;

    [Description("Added to the denominator."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("How much of the last step is kept."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; }

    [Description("Divide by the running deviation instead: the running mean is subtracted.")]
    public bool Centered { get; init; }

    public override Optimizer Create(Module module) => new RmsProp(module, Alpha, Eps, WeightDecay, Momentum, Centered, ParameterGroups());
}
