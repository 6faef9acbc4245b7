using System.Collections.Concurrent;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Plans.Quantised;

/// <summary>What the inputs of a plan's products lay between in the runs it has seen, by the path of the weight. Runs on several threads may add to it.</summary>
public sealed class Calibration
{
    private readonly ConcurrentDictionary<string, InputRange> _ranges = [];

    /// <summary>The ranges so far.</summary>
    public IReadOnlyDictionary<string, InputRange> Ranges => _ranges;

    internal void Add(string weight, InputRange range) => _ranges.AddOrUpdate(weight, range, (_, known) => known.With(range));
}
