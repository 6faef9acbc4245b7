using System.Buffers;

namespace Sarsen.Training.Metrics;

/// <summary>All scores of one class, ascending, and which of the samples are of the class.</summary>
internal readonly ref struct RankedScores(ReadOnlySpan<double> scores, ReadOnlySpan<bool> positive)
{
    public ReadOnlySpan<double> Scores { get; } = scores;

    public ReadOnlySpan<bool> Positive { get; } = positive;
}

/// <summary>The area for one class, of which there are <paramref name="positives"/> samples, at least 1.</summary>
internal delegate double ClassArea(in RankedScores ranked, long positives, long negatives);

/// <summary>
/// For metrics of the ranking of scores, which need all of them: N × C f64 (N with two classes), in pooled chunks.
/// Of more than two classes, each against the rest, then the mean.
/// </summary>
internal sealed class ScoreAccumulator(int classes, bool weighted, bool needsNegatives, ClassArea area) : ClassificationAccumulator
{
    private const int ChunkRows = 4096;

    private readonly int _width = classes == 2 ? 1 : classes;
    private readonly List<double[]> _scores = [];
    private readonly List<int[]> _targets = [];
    private long _samples;

    public override void Add(in ClassificationBatch batch)
    {
        for (int i = 0; i < batch.Count; i++)
        {
            ReadOnlySpan<double> row = batch.Row(i);
            Append(_width == 1 ? row[1..] : row, batch.Targets[i]);
        }
    }

    public override void Merge(ClassificationAccumulator other)
    {
        var same = Same<ScoreAccumulator>(other);
        for (long i = 0; i < same._samples; i++)
        {
            (int chunk, int row) = ((int)(i / ChunkRows), (int)(i % ChunkRows));
            Append(same._scores[chunk].AsSpan(row * _width, _width), same._targets[chunk][row]);
        }
    }

    public override MetricValue Result()
    {
        if (_samples == 0)
            return MetricValue.NoSamples;
        if (_samples > Array.MaxLength)
            return MetricValue.None($"{_samples} samples are more than can be ranked at once, {Array.MaxLength}");
        double sum = 0, weights = 0;
        for (int column = 0; column < _width; column++)
        {
            int c = _width == 1 ? 1 : column;
            (double[] scores, bool[] positive, long positives) = Ranked(column, c);
            long negatives = _samples - positives;
            if (positives == 0)
                return MetricValue.None($"class {c} does not occur among the {_samples} samples");
            if (negatives == 0 && needsNegatives)
                return MetricValue.None($"all {_samples} samples are of class {c}");
            double weight = weighted ? positives : 1;
            sum += weight * area(new RankedScores(scores, positive), positives, negatives);
            weights += weight;
        }
        return MetricValue.Of(sum / weights);
    }

    public override void Dispose()
    {
        _scores.ForEach(chunk => ArrayPool<double>.Shared.Return(chunk));
        _targets.ForEach(chunk => ArrayPool<int>.Shared.Return(chunk));
        _scores.Clear();
        _targets.Clear();
        _samples = 0;
    }

    private void Append(ReadOnlySpan<double> scores, int target)
    {
        int row = (int)(_samples % ChunkRows);
        if (row == 0)
        {
            _scores.Add(ArrayPool<double>.Shared.Rent(checked(ChunkRows * _width)));
            _targets.Add(ArrayPool<int>.Shared.Rent(ChunkRows));
        }
        scores.CopyTo(_scores[^1].AsSpan(row * _width));
        _targets[^1][row] = target;
        _samples++;
    }

    private (double[] Scores, bool[] Positive, long Positives) Ranked(int column, int c)
    {
        var scores = new double[_samples];
        var positive = new bool[_samples];
        long positives = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            (int chunk, int row) = (i / ChunkRows, i % ChunkRows);
            scores[i] = _scores[chunk][row * _width + column];
            positive[i] = _targets[chunk][row] == c;
            positives += positive[i] ? 1 : 0;
        }
        // Unstable, which does no harm: equal scores are counted together.
        Array.Sort(scores, positive);
        return (scores, positive, positives);
    }
}
