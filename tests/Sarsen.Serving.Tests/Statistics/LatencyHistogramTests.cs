using Sarsen.Serving.Statistics;

namespace Sarsen.Serving.Tests.Statistics;

public class LatencyHistogramTests
{
    [Fact]
    public void Quantiles_are_the_nearest_ranks_within_one_per_cent()
    {
        var random = new Random(5);
        double[] seconds = [.. Enumerable.Range(0, 5000).Select(_ => Math.Pow(10, random.NextDouble() * 7 - 6))];
        var histogram = new LatencyHistogram();
        foreach (double s in seconds)
            histogram.Record(TimeSpan.FromSeconds(s));
        Array.Sort(seconds);
        foreach (double q in new[] { 0.01, 0.5, 0.9, 0.95, 0.99, 1 })
        {
            double exact = seconds[(int)Math.Ceiling(q * seconds.Length) - 1];
            histogram.Quantile(q).ShouldBe(exact, exact * 0.01 + 1e-6);
        }
        histogram.Count.ShouldBe(5000);
        histogram.TotalSeconds.ShouldBe(seconds.Sum(), 5000 * 1e-6);
    }

    [Fact]
    public void Limits_of_three_digits_split_the_records_exactly()
    {
        var histogram = new LatencyHistogram();
        foreach (double ms in new[] { 0.999, 1, 2.49, 2.5, 24.9, 25, 999, 1000, 2_000_000 })
            histogram.Record(TimeSpan.FromMilliseconds(ms));
        histogram.CumulativeCounts([0.001, 0.0025, 0.025, 1, 9990]).ShouldBe([1L, 3, 5, 7, 9]);
    }

    [Fact]
    public void Without_records_there_is_no_quantile() => new LatencyHistogram().Quantile(0.5).ShouldBe(double.NaN);

    [Fact]
    public void Times_beyond_the_range_are_counted_at_its_ends()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(TimeSpan.FromSeconds(-1));
        histogram.Record(TimeSpan.FromDays(30));
        histogram.Quantile(0.1).ShouldBe(0);
        histogram.Quantile(1).ShouldBe(9990);
    }

    [Fact]
    public void Quality_is_the_mean_of_the_reciprocal_means()
    {
        ServingStatistics fast = new(1), slow = new(1), idle = new(1);
        fast.CountAnswer(TimeSpan.FromMilliseconds(2), default, 1);
        fast.CountAnswer(TimeSpan.FromMilliseconds(6), default, 1);
        slow.CountAnswer(TimeSpan.FromMilliseconds(10), default, 1);
        ServingStatistics.Quality([fast, slow]).ShouldBe((1 / 0.004 + 1 / 0.010) / 2, 1e-9);
        ServingStatistics.Quality([fast, idle]).ShouldBe(1 / 0.004, 1e-9);
        ServingStatistics.Quality([idle]).ShouldBe(double.NaN);
    }
}
