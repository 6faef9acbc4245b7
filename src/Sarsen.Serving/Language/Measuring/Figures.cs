namespace Sarsen.Serving.Language.Measuring;

/// <summary>What is told of several measurements of one thing.</summary>
internal static class Figures
{
    /// <summary>The value below which a share of all lies, between two of them by how near each is.</summary>
    /// <param name="values">One or more, in any order.</param>
    /// <param name="share">From 0 to 1.</param>
    public static double Quantile(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        return below + 1 == sorted.Length ? sorted[below] : sorted[below] + ((at - below) * (sorted[below + 1] - sorted[below]));
    }

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    /// <summary>The distance between the quartiles, over the median.</summary>
    public static double Spread(IReadOnlyCollection<double> values) => (Quantile(values, 0.75) - Quantile(values, 0.25)) / Median(values);
}
