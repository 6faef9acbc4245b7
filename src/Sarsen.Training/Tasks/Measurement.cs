using Sarsen.Training.Metrics;

namespace Sarsen.Training.Tasks;

/// <summary>Metrics that have seen some samples.</summary>
public abstract class Measurement : IDisposable
{
    /// <summary>Adds a batch.</summary>
    /// <param name="results">What the network gave, before the output function: (N, outputs).</param>
    /// <param name="stored">The targets, or the inputs, as the data holds them.</param>
    public abstract void Add(ReadOnlySpan<float> results, ReadOnlySpan<byte> stored);

    public abstract EvaluationReport Report();

    public virtual void Dispose()
    {
    }
}
