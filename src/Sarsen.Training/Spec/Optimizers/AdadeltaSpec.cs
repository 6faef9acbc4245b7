using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>As <c>torch.optim.Adadelta</c>: Zeiler, «Adadelta: an adaptive learning rate method», 2012.</summary>
[Description("Adadelta: steps by the ratio of the running sizes of moves and gradients.")]
[DefaultProperty(nameof(Lr))]
public sealed record AdadeltaSpec : OptimizerSpec
{
    [Description("Learning rate."), Range(0, double.MaxValue)]
    public override double Lr { get; init; } = 1.0;

    [Description("Decay of both running mean squares."), Range(0.0, 1.0, MaximumIsExclusive = true)]
    public double Rho { get; init; } = 0.9;

    [Description("Added under both roots."), Range(0, double.MaxValue)]
    public double Eps { get; init; } = 1e-6;

    [Description("L2 penalty, added to the gradient."), Range(0, double.MaxValue)]
    public double WeightDecay { get; init; }

    public override Optimizer Create(Module module) => new Adadelta(module, Rho, Eps, WeightDecay, ParameterGroups());
}
