using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;

namespace Sarsen.Training.Spec;

/// <summary>How parameters follow their gradients. Names and defaults are those of <c>torch.optim</c>.</summary>
public abstract record OptimizerSpec : IValidatableObject
{
    /// <summary>All optimizers: a new one is a record beside this file and a line here.</summary>
    public static ChoiceSet Choices { get; } = new("optimizer", typeof(OptimizerSpec),
        new Choice("sgd", typeof(SgdSpec)),
        new Choice("adam", typeof(AdamSpec)),
        new Choice("adamw", typeof(AdamWSpec), "adam_w"),
        new Choice("rmsprop", typeof(RmsPropSpec), "rms_prop"),
        new Choice("adagrad", typeof(AdagradSpec)),
        new Choice("adadelta", typeof(AdadeltaSpec)),
        new Choice("adamax", typeof(AdamaxSpec)),
        new Choice("nadam", typeof(NAdamSpec), "n_adam"),
        new Choice("radam", typeof(RAdamSpec), "r_adam"),
        new Choice("lion", typeof(LionSpec)));

    /// <summary>The learning rate before any schedule.</summary>
    public abstract double Lr { get; init; }

    [JsonPropertyOrder(1)]
    [Description("Parameters with another learning rate or weight decay.")]
    public IReadOnlyList<ParameterGroupSpec> Groups { get; init; } = [];

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Lr == 0 && Groups.Any(g => g.Lr > 0))
            yield return new ValidationResult("a group's learning rate is a part of the optimizer's, which is 0: give that one too", [nameof(Lr)]);
    }

    private protected IReadOnlyList<ParameterGroup> ParameterGroups() => [.. Groups.Select(g => g.Create(Lr == 0 ? 1 : Lr))];

    /// <summary>The optimizer of a module's trained parameters.</summary>
    public abstract Optimizer Create(Module module);
}
