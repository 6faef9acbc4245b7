namespace Sarsen.Training.Metrics;

/// <summary>For each class: samples that have it, samples predicted as it, and samples that are both.</summary>
public sealed class ClassCounts(int classes)
{
    private readonly long[] _correct = new long[classes], _predicted = new long[classes], _actual = new long[classes];

    public int Classes => _actual.Length;

    public ReadOnlySpan<long> Correct => _correct;

    public ReadOnlySpan<long> Predicted => _predicted;

    public ReadOnlySpan<long> Actual => _actual;

    public long Samples { get; private set; }

    public long TotalCorrect { get; private set; }

    public void Add(in ClassificationBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            int predicted = batch.Predicted[i], actual = batch.Targets[i];
            _predicted[predicted]++;
            _actual[actual]++;
            if (predicted == actual)
            {
                _correct[actual]++;
                TotalCorrect++;
            }
        }
        Samples += batch.Count;
    }

    public void Merge(ClassCounts other)
    {
        for (int c = 0; c < Classes; c++)
        {
            _correct[c] += other._correct[c];
            _predicted[c] += other._predicted[c];
            _actual[c] += other._actual[c];
        }
        Samples += other.Samples;
        TotalCorrect += other.TotalCorrect;
    }
}
