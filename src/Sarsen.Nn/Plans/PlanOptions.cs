using Sarsen.Nn.Plans.Quantised;

namespace Sarsen.Nn.Plans;

/// <summary>How a plan is compiled.</summary>
public sealed record PlanOptions
{
    /// <summary>
    /// May constants be joined where that changes the rounding: batch norm goes into the product before it. Without it
    /// the plan's results have the bits of the module's. On by default: results differ by some 1e-6 of the largest.
    /// </summary>
    public bool Folding { get; init; } = true;

    /// <summary>Weights that products compute with as bytes, by the path of the parameter. None by default.</summary>
    public IReadOnlyDictionary<string, QuantisedWeight> Quantised { get; init; } = new Dictionary<string, QuantisedWeight>();

    /// <summary>
    /// Are the floats of the quantised weights there as well. A plan is refused that would read them though they are not.
    /// True by default; false saves their memory.
    /// </summary>
    public bool HasFloats { get; init; } = true;

    /// <summary>Takes note of what the inputs of products lie between, for weights that are to be quantised. Null, nobody does.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>
    /// For how many shapes of input the layout is kept; 1 or more. One that is asked for again later is made again, in
    /// some 300 µs for a small network. 64 by default: a queue of requests has few batch sizes at a time.
    /// </summary>
    public int MaxLayouts { get; init; } = 64;
}
