using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.SGD</c>.</summary>
[Description("Stochastic gradient descent, with momentum if wanted.")]
[DefaultProperty(nameof(Lr))]
public sealed record SgdSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-3;

    [Description("How much of the last step is kept."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Momentum { get; init; }

    [Description("How much of the gradient is kept out of the momentum."), Range(0.0, 1.0)]
    public double Dampening { get; init; }

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("Nesterov's momentum: looks ahead by one step.")]
    public bool Nesterov { get; init; }

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
            yield return result;
        if (Nesterov && (Momentum == 0 || Dampening != 0))
            yield return new ValidationResult("Nesterov's momentum needs momentum above 0 and dampening 0", [nameof(Nesterov)]);
    }

    public override Optimizer Create(Module module) => new Sgd(module, Momentum, Dampening, WeightDecay, Nesterov, ParameterGroups());
}
