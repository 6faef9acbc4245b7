using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Training.Metrics;

/// <summary>How the values of several classes become one.</summary>
public enum Average
{
    [Description("the value of class 1, of two classes")]
    Binary,

    [Description("the mean over classes that occur")]
    Macro,

    [Description("the value of all classes counted together")]
    Micro,

    [Description("the mean weighted by how often each class occurs")]
    Weighted,
}

/// <summary>
/// A metric that each class has: precision, recall, F1. As in scikit-learn, a class that neither occurs nor is
/// predicted is left out of the mean, and a ratio 0/0 is <see cref="ZeroDivision"/>.
/// </summary>
public abstract record AveragedMetric : ClassificationMetric
{
    [Description("How classes become one value; nothing: binary with two classes, macro with more.")]
    public Average? Average { get; init; }

    [Description("What a ratio 0/0 counts as."), Range(0.0, 1.0)]
    public double ZeroDivision { get; init; }

    public override string Name => Average is { } average ? $"{BareName}_{average.ToString().ToLowerInvariant()}" : BareName;

    public override Better Better => Better.More;

    protected abstract string BareName { get; }

    public override ClassificationAccumulator Start(int classes)
    {
        Average average = Average ?? (classes == 2 ? Metrics.Average.Binary : Metrics.Average.Macro);
        if (average == Metrics.Average.Binary && classes != 2)
            throw new ArgumentException($"{Name}: average 'binary' needs two classes, there are {classes}; take macro, micro or weighted", nameof(classes));
        return new CountingAccumulator(classes, counts => MetricValue.Of(Combine(counts, average)));
    }

    /// <param name="correct">Samples that have the class and are predicted as it.</param>
    /// <param name="predicted">Samples predicted as the class.</param>
    /// <param name="actual">Samples that have the class.</param>
    /// <param name="zeroDivision">What 0/0 is.</param>
    protected abstract double Score(long correct, long predicted, long actual, double zeroDivision);

    private double OfClass(ClassCounts counts, int c) => Score(counts.Correct[c], counts.Predicted[c], counts.Actual[c], ZeroDivision);

    private double Combine(ClassCounts counts, Average average)
    {
        if (average == Metrics.Average.Binary)
            return OfClass(counts, 1);
        if (average == Metrics.Average.Micro)
            return Score(counts.TotalCorrect, counts.Samples, counts.Samples, ZeroDivision);
        double sum = 0, weights = 0;
        for (int c = 0; c < counts.Classes; c++)
        {
            if (counts.Actual[c] == 0 && counts.Predicted[c] == 0)
                continue;
            double weight = average == Metrics.Average.Weighted ? counts.Actual[c] : 1;
            sum += weight * OfClass(counts, c);
            weights += weight;
        }
        return sum / weights;
    }
}
