using System.ComponentModel;

namespace Sarsen.Training.Metrics;

/// <summary>
/// The probability that a sample of the class has a higher score than one that is not of it, ties counting half
/// (Mann-Whitney), counted exactly in integers. More than two classes: each against the rest, macro or weighted. As
/// <c>sklearn.metrics.roc_auc_score(multi_class='ovr')</c>. Undefined when a class does not occur or is the only one.
/// </summary>
[Description("Area under the receiver operating characteristic; of more than two classes, each against the rest.")]
public sealed record RocAuc : ClassificationMetric
{
    [Description("Weight each class by how often it occurs, instead of all the same.")]
    public bool Weighted { get; init; }

    public override string Name => Weighted ? "roc_auc_weighted" : "roc_auc";

    public override Better Better => Better.More;

    public override ClassificationAccumulator Start(int classes) => new ScoreAccumulator(classes, Weighted, needsNegatives: true, Area);

    private static double Area(in RankedScores ranked, long positives, long negatives)
    {
        // Twice the number of (positive, negative) pairs in the right order, a tie counting 1.
        Int128 twice = 0;
        long below = 0;
        for (int i = 0; i < ranked.Scores.Length;)
        {
            long tiedPositives = 0, tiedNegatives = 0;
            double score = ranked.Scores[i];
            for (; i < ranked.Scores.Length && ranked.Scores[i] == score; i++)
            {
                if (ranked.Positive[i])
                    tiedPositives++;
                else
                    tiedNegatives++;
            }
            twice += (Int128)tiedPositives * (2 * below + tiedNegatives);
            below += tiedNegatives;
        }
        return (double)twice / (2.0 * positives * negatives);
    }
}
