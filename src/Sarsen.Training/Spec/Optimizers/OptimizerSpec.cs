using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>How parameters follow their gradients. Names and defaults are those of <c>torch.optim</c>.</summary>
public abstract record OptimizerSpec
{
    /// <summary>All optimizers: a new one is a record beside this file and a line here.</summary>
    public static ChoiceSet Choices { get; } = new("optimizer", typeof(OptimizerSpec),
        new Choice("sgd", typeof(SgdSpec)),
        new Choice("adam", typeof(AdamSpec)),
        new Choice("adamw", typeof(AdamWSpec), "adam_w"),
        new Choice("rmsprop", typeof(RmsPropSpec), "rms_prop"));

    /// <summary>The learning rate before any schedule.</summary>
    public abstract double Lr { get; init; }

    /// <summary>The optimizer of a module's trained parameters.</summary>
    public abstract Optimizer Create(Module module);
}
