using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// Average precision: Σ (Rₙ − Rₙ₋₁) Pₙ over the thresholds from high to low, equal scores being one threshold. More
/// than two classes: each against the rest, macro or weighted. As <c>sklearn.metrics.average_precision_score</c>.
/// Undefined when a class does not occur.
/// </summary>
[Description("Area under the curve of precision over recall (average precision); of more than two classes, each against the rest.")]
public sealed record PrAuc : ClassificationMetric
{
    [Description("Weight each class by how often it occurs, instead of all the same.")]
    public bool Weighted { get; init; }

    public override string Name => Weighted ? "pr_auc_weighted" : "pr_auc";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes) => new ScoreAccumulator(classes, Weighted, needsNegatives: false, Area);

    private static double Area(in RankedScores ranked, long positives, long negatives)
    {
        double area = 0;
        long seen = 0, correct = 0;
        for (int i = ranked.Scores.Length - 1; i >= 0;)
        {
            long before = correct;
            double score = ranked.Scores[i];
            for (; i >= 0 && ranked.Scores[i] == score; i--)
            {
                seen++;
                correct += ranked.Positive[i] ? 1 : 0;
            }
            area += (double)(correct - before) / positives * correct / seen;
        }
        return area;
    }
}
