namespace Sarsen.Training.Metrics;

/// <summary>Counts of samples by true class (rows) and predicted class (columns). As <c>sklearn.metrics.confusion_matrix</c>.</summary>
public sealed class ConfusionMatrix
{
    /// <summary>Most classes a matrix is kept for: 8 MB.</summary>
    public const int MaxClasses = 1024;

    private readonly long[] _counts;

    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes or more than <see cref="MaxClasses"/>.</exception>
    public ConfusionMatrix(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(classes, MaxClasses);
        Classes = classes;
        _counts = new long[classes * classes];
    }

    public int Classes { get; }

    /// <summary>How many samples of class <paramref name="actual"/> were predicted as <paramref name="predicted"/>.</summary>
    public long this[int actual, int predicted] => _counts[actual * Classes + predicted];

    public void Add(in ClassificationBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
            _counts[batch.Targets[i] * Classes + batch.Predicted[i]]++;
    }

    public void Merge(ConfusionMatrix other)
    {
        if (other.Classes != Classes)
            throw new ArgumentException($"expected a matrix of {Classes} classes, got one of {other.Classes}", nameof(other));
        for (int i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
    }

    /// <summary>The rows.</summary>
    public IReadOnlyList<IReadOnlyList<long>> ToRows() =>
        [.. Enumerable.Range(0, Classes).Select(r => (IReadOnlyList<long>)_counts.AsSpan(r * Classes, Classes).ToArray())];
}
