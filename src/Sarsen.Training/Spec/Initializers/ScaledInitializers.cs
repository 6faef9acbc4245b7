using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn;

namespace Sarsen.Training.Spec;

// Initialisers whose spread follows from the layer's shape.

[Description("Uniform within ± gain √(6 / (fan_in + fan_out)): Glorot and Bengio, 2010.")]
public sealed record XavierUniformSpec : InitializerSpec
{
    [Description("Scales the spread."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Gain { get; init; } = 1;

    public override Initializer Create() => new XavierUniformInitializer(Gain);
}

[Description("Normal with deviation gain √(2 / (fan_in + fan_out)): Glorot and Bengio, 2010.")]
public sealed record XavierNormalSpec : InitializerSpec
{
    [Description("Scales the spread."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Gain { get; init; } = 1;

    public override Initializer Create() => new XavierNormalInitializer(Gain);
}

[Description("Uniform within ± √(6 / fan), for relu: He and others, 2015.")]
public sealed record KaimingUniformSpec : InitializerSpec
{
    [Description("Which connections are counted.")]
    public FanMode Mode { get; init; } = FanMode.FanIn;

    public override Initializer Create() => new KaimingUniformInitializer(FanOut: Mode == FanMode.FanOut);
}

[Description("Normal with deviation √(2 / fan), for relu: He and others, 2015.")]
public sealed record KaimingNormalSpec : InitializerSpec
{
    [Description("Which connections are counted.")]
    public FanMode Mode { get; init; } = FanMode.FanIn;

    public override Initializer Create() => new KaimingNormalInitializer(FanOut: Mode == FanMode.FanOut);
}

[Description("A random orthogonal matrix: Saxe and others, 2014.")]
public sealed record OrthogonalSpec : InitializerSpec
{
    [Description("Scales the matrix."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double Gain { get; init; } = 1;

    public override Initializer Create() => new OrthogonalInitializer(Gain);
}

/// <summary>The connections that keep their variance: into a unit (forward) or out of it (backward).</summary>
public enum FanMode
{
    FanIn,
    FanOut,
}
