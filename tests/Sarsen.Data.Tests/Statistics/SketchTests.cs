using Sarsen.Data.Statistics;

namespace Sarsen.Data.Tests.Statistics;

public sealed class SketchTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(DistinctCounter.ExactLimit)]
    public void Few_distinct_values_are_counted(int count)
    {
        var counter = new DistinctCounter();
        for (int i = 0; i < 2 * count; i++)
            counter.Add(Hash64.Of((double)(i % count)));
        (counter.Count, counter.IsExact).ShouldBe((count, true));
    }

    [Theory]
    [InlineData(DistinctCounter.ExactLimit + 1)]
    [InlineData(100_000)]
    [InlineData(1_000_000)]
    public void Many_distinct_values_are_estimated_within_three_standard_errors(int count)
    {
        var counter = new DistinctCounter();
        for (int i = 0; i < count; i++)
            counter.Add(Hash64.Of(i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        counter.IsExact.ShouldBeFalse();
        ((double)counter.Count).ShouldBe(count, 3 * 0.0081 * count);
    }

    [Fact]
    public void Hashes_of_texts_differ()
    {
        string[] texts = ["", "a", "b", "ab", "ba", "abcd", "abcde", "abcdabcd", "abcdabce", "a\0", "a\0\0", "\0"];
        texts.Select(Hash64.Of).Distinct().Count().ShouldBe(texts.Length);
        Hash64.Of(-0.0).ShouldBe(Hash64.Of(0.0));
    }

    [Fact]
    public void Quartiles_of_many_values_are_those_of_a_sample()
    {
        var quantiles = new QuantileSample();
        for (int i = 0; i < 1_000_000; i++)
            quantiles.Add(i);
        Quartiles q = quantiles.Quartiles()!;
        q.Exact.ShouldBeFalse();
        // The standard error of a sample's median is n/2 / sqrt(65,536), about 1,950 here.
        q.Low.ShouldBe(250_000, 6_000);
        q.Median.ShouldBe(500_000, 6_000);
        q.High.ShouldBe(750_000, 6_000);
    }

    [Fact]
    public void Frequent_values_are_found_among_many_rare_ones()
    {
        var values = new FrequentValues<int>();
        for (int i = 0; i < 200_000; i++)
        {
            values.Add(1_000_000 + i);
            if (i % 10 == 0)
                values.Add(7);
            if (i % 20 == 0)
                values.Add(8);
        }
        (int Value, long Count)[] top = [.. values.Top(2, Comparer<int>.Default)];
        top.Select(t => t.Value).ShouldBe([7, 8]);
        values.Error.ShouldBeInRange(1, 60);
        top[0].Count.ShouldBeInRange(20_000 - values.Error, 20_000);
        top[1].Count.ShouldBeInRange(10_000 - values.Error, 10_000);
    }

    [Fact]
    public void Moments_join_as_if_they_had_come_one_by_one()
    {
        RunningMoments all = new(), first = new(), second = new();
        for (int i = 0; i < 1000; i++)
        {
            double value = 1e6 + i * 7919 % 1009;
            all.Add(value);
            if (i < 300)
                first.Add(value);
            else
                second.Add(value);
        }
        first.Add(second);
        first.Mean.ShouldBe(all.Mean, 1e-9);
        first.StandardDeviation!.Value.ShouldBe(all.StandardDeviation!.Value, 1e-9);
        (first.Count, first.Min, first.Max).ShouldBe((all.Count, all.Min, all.Max));
    }
}
