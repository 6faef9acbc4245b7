using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Metrics;

/// <summary>
/// The part of samples whose true class is among the k most likely; of equally likely classes the first goes first, so
/// that k = 1 is accuracy (<c>sklearn.metrics.top_k_accuracy_score</c> takes the last, and agrees where there are no ties).
/// </summary>
[Description("The part of samples whose true class is among the k most likely.")]
[DefaultProperty(nameof(K))]
public sealed record TopKAccuracy : ClassificationMetric
{
    [Description("How many classes may be named."), Range(1, int.MaxValue)]
    public int K { get; init; } = 5;

    public override string Name => $"top_{K}_accuracy";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes)
    {
        if (K > classes)
            throw new ArgumentException($"{Name}: k must be at most the number of classes, {classes}", nameof(classes));
        return new MeanAccumulator((in ClassificationBatch batch, int sample) =>
            Rank(batch.Row(sample), batch.Targets[sample]) < K ? 1 : 0);
    }

    private static int Rank(ReadOnlySpan<double> row, int target)
    {
        int before = 0;
        for (int c = 0; c < row.Length; c++)
        {
            if (row[c] > row[target] || (row[c] == row[target] && c < target))
                before++;
        }
        return before;
    }
}
