using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;

namespace Sarsen.Training.Spec;

/// <summary>
/// What parameters start as. Names are those of <c>torch.nn.init</c>; the spread of uniform and normal defaults to
/// Keras's 0.05. Keras's names are aliases where they mean the same: its he_normal and glorot_normal are cut off at
/// two deviations and so are not.
/// </summary>
public abstract record InitializerSpec
{
    /// <summary>All initialisers: a new one is a record and a line here.</summary>
    public static ChoiceSet Choices { get; } = new("initializer", typeof(InitializerSpec),
        new Choice("zeros", typeof(ZerosSpec)),
        new Choice("constant", typeof(ConstantSpec)),
        new Choice("uniform", typeof(UniformSpec), "random_uniform"),
        new Choice("normal", typeof(NormalSpec), "random_normal"),
        new Choice("truncated_normal", typeof(TruncatedNormalSpec)),
        new Choice("xavier_uniform", typeof(XavierUniformSpec), "glorot_uniform"),
        new Choice("xavier_normal", typeof(XavierNormalSpec)),
        new Choice("kaiming_uniform", typeof(KaimingUniformSpec), "he_uniform"),
        new Choice("kaiming_normal", typeof(KaimingNormalSpec)),
        new Choice("orthogonal", typeof(OrthogonalSpec)));

    public abstract Initializer Create();
}

[Description("All 0.")]
public sealed record ZerosSpec : InitializerSpec
{
    public override Initializer Create() => new ConstantInitializer();
}

[Description("All one value.")]
[DefaultProperty(nameof(Value))]
public sealed record ConstantSpec : InitializerSpec
{
    [Description("The value.")]
    public double Value { get; init; }

    public override Initializer Create() => new ConstantInitializer(Value);
}

[Description("Evenly spread over [low, high).")]
public sealed record UniformSpec : InitializerSpec, IValidatableObject
{
    [Description("The lower end.")]
    public double Low { get; init; } = -0.05;

    [Description("The upper end.")]
    public double High { get; init; } = 0.05;

    public override Initializer Create() => new UniformInitializer(Low, High);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Low >= High)
            yield return new ValidationResult($"low ({Low}) must be below high ({High})", [nameof(Low)]);
    }
}

[Description("Normal.")]
public sealed record NormalSpec : InitializerSpec
{
    [Description("The mean.")]
    public double Mean { get; init; }

    [Description("The deviation."), Range(0, double.MaxValue)]
    public double Std { get; init; } = 0.05;

    public override Initializer Create() => new NormalInitializer(Mean, Std);
}

[Description("Normal, drawn again beyond two deviations from the mean.")]
public sealed record TruncatedNormalSpec : InitializerSpec
{
    [Description("The mean.")]
    public double Mean { get; init; }

    [Description("The deviation before the cut."), Range(0, double.MaxValue)]
    public double Std { get; init; } = 0.05;

    public override Initializer Create() => new TruncatedNormalInitializer(Mean, Std, Mean - 2 * Std, Mean + 2 * Std);
}
