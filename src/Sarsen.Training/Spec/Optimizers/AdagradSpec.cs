using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.Adagrad</c>: Duchi, Hazan and Singer, «Adaptive subgradient methods», 2011.</summary>
[Description("Adagrad: steps divided by the root of the sum of all squared gradients.")]
[DefaultProperty(nameof(Lr))]
public sealed record AdagradSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-2;

    [Description("By how much the learning rate falls: lr / (1 + steps · lr_decay)."), Range(0, double.MaxValue)]
    public double LrDecay { get; init; }

    [Description("Added to the denominator."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-10;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    [Description("What the sum of squares starts at."), Range(0, double.MaxValue)]
    public double InitialAccumulator { get; init; }

    public override Optimizer Create(Module module) => new Adagrad(module, LrDecay, Eps, WeightDecay, InitialAccumulator, ParameterGroups());
}
