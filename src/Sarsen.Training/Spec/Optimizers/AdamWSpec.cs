using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.AdamW</c>: Loshchilov and Hutter, «Decoupled weight decay regularization», 2019.</summary>
[Description("Adam with weight decay that acts on the weights, not through the gradient.")]
[DefaultProperty(nameof(Lr))]
public sealed record AdamWSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1e-3;

    [Description("Decay of the running mean and of the running mean square of the gradient."), Length(2, 2), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public IReadOnlyList<double> Betas { get; init; } = [0.9, 0.999];

    [Description("Added to the denominator."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-8;

    [Description("The part of each weight taken away a step, times the learning rate."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; } = 1e-2;

    [Description("Divide by the largest mean square so far.")]
    public bool Amsgrad { get; init; }

    public override Optimizer Create(Module module) => new AdamW(module, Betas[0], Betas[1], Eps, WeightDecay, Amsgrad, ParameterGroups());
}
