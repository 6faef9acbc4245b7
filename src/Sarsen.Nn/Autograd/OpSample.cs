using Sarsen.Tensors;

namespace Sarsen.Nn.Autograd;

/// <summary>How the values of a sample's input are drawn.</summary>
public enum SampleValues
{
    /// <summary>Standard normal.</summary>
    Normal,

    /// <summary>Uniform in [0.5, 2): safe under a logarithm or as a divisor.</summary>
    Positive,

    /// <summary>Uniform in (-2, -0.5]: logarithms of probabilities.</summary>
    Negative,

    /// <summary>Distinct values at least 0.05 apart, in random order: no ties for a maximum, no kink within a finite difference.</summary>
    Distinct,

    /// <summary>Whole numbers from 0 up to a limit.</summary>
    Index,

    /// <summary>The limit itself: a length.</summary>
    Whole,

    /// <summary>Each row sums to one.</summary>
    Distribution,

    /// <summary>Zeros and ones.</summary>
    Bits,
}

/// <param name="Shape">The sizes.</param>
/// <param name="Values">How it is filled.</param>
/// <param name="Limit">For <see cref="SampleValues.Index"/>: one above the largest.</param>
/// <param name="Type">F32 stands for «the float type under test»; I64 for indices.</param>
/// <param name="Grad">Is a gradient checked for it.</param>
public sealed record SampleInput(Shape Shape, SampleValues Values = SampleValues.Normal, long Limit = 0, DType Type = DType.F32, bool Grad = true)
{
    /// <summary>The values themselves, where they cannot be drawn.</summary>
    public IReadOnlyList<long>? Fixed { get; init; }

    public static SampleInput Given(Shape shape, params long[] values) => new(shape, SampleValues.Index, 0, DType.I64, Grad: false) { Fixed = values };

    public static SampleInput Indices(Shape shape, long limit) => new(shape, SampleValues.Index, limit, DType.I64, Grad: false);
}

/// <summary>One use of an operation for the tests that walk the catalogue.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Attributes">The constants of this use.</param>
/// <param name="Inputs">The operands.</param>
public sealed record OpSample(string Name, OpAttributes Attributes, params IReadOnlyList<SampleInput> Inputs);
