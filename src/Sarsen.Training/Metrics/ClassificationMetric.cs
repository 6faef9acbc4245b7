namespace Sarsen.Training.Metrics;

/// <summary>A metric of class probabilities against class numbers.</summary>
public abstract record ClassificationMetric : Metric
{
    public override MetricTask Task => MetricTask.Classification;

    /// <summary>An empty accumulator.</summary>
    /// <param name="classes">How many classes there are, at least 2.</param>
    /// <exception cref="ArgumentException">The metric means nothing for so many classes.</exception>
    public abstract ClassificationAccumulator Start(int classes);
}

/// <summary>What a <see cref="ClassificationMetric"/> has seen. Merging is adding the other's samples after one's own.</summary>
public abstract class ClassificationAccumulator : IDisposable
{
    public abstract void Add(in ClassificationBatch batch);

    /// <exception cref="ArgumentException"><paramref name="other"/> was started by another metric.</exception>
    public abstract void Merge(ClassificationAccumulator other);

    public abstract MetricValue Result();

    /// <summary>Gives pooled memory back.</summary>
    public virtual void Dispose()
    {
    }

    private protected static T Same<T>(ClassificationAccumulator other) where T : ClassificationAccumulator =>
        other as T ?? throw new ArgumentException($"expected a {typeof(T).Name} to merge, got a {other.GetType().Name}", nameof(other));
}

/// <summary>Samples made ready by <see cref="ClassificationEvaluator"/>. N samples, C classes; a sigmoid's one output is two classes.</summary>
public readonly ref struct ClassificationBatch
{
    /// <summary>C.</summary>
    public required int Classes { get; init; }

    /// <summary>(N, C), each row summing to 1 within rounding.</summary>
    public required ReadOnlySpan<double> Probabilities { get; init; }

    /// <summary>(N): the logarithm of the true class's probability, taken from logits where there are logits, so it does not underflow.</summary>
    public required ReadOnlySpan<double> LogLikelihood { get; init; }

    /// <summary>(N): the most likely class, the first of equals.</summary>
    public required ReadOnlySpan<int> Predicted { get; init; }

    /// <summary>(N): the true class.</summary>
    public required ReadOnlySpan<int> Targets { get; init; }

    public int Count => Targets.Length;

    /// <summary>(C): the probabilities of one sample.</summary>
    public ReadOnlySpan<double> Row(int sample) => Probabilities.Slice(sample * Classes, Classes);
}
