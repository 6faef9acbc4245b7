using Sarsen.Data.Splits;
using Sarsen.Tensors;

namespace Sarsen.Data.Tests.Splits;

public class KeyedPermutationTests
{
    [Fact]
    public void Every_place_is_taken_once()
    {
        for (int n = 0; n <= 300; n++)
        {
            var order = new KeyedPermutation(n, new RngKey(1, "test"), n);
            Enumerable.Range(0, n).Select(i => order[i]).Order().ShouldBe(Enumerable.Range(0, n).Select(i => (long)i));
        }
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(3, 6)]
    [InlineData(4, 24)]
    [InlineData(5, 120)]
    public void Every_order_of_a_few_is_equally_likely(int n, int orders)
    {
        const int draws = 12_000;
        var counts = new Dictionary<string, int>();
        for (int i = 0; i < draws; i++)
        {
            var order = new KeyedPermutation(n, new RngKey(9, "test"), i);
            string name = string.Concat(Enumerable.Range(0, n).Select(p => order[p]));
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }
        counts.Count.ShouldBe(orders);
        double expected = (double)draws / orders;
        double chiSquare = counts.Values.Sum(c => (c - expected) * (c - expected) / expected);
        chiSquare.ShouldBeLessThan(orders - 1 + 5 * Math.Sqrt(2 * (orders - 1)) + 5);
    }

    [Fact]
    public void Places_have_nothing_to_do_with_their_neighbours()
    {
        const int n = 10_000;
        var order = new KeyedPermutation(n, new RngKey(2, "test"));
        double mean = (n - 1) / 2.0, variance = (n * (double)n - 1) / 12;
        double self = 0, next = 0;
        for (int i = 0; i < n; i++)
        {
            self += (order[i] - mean) * (i - mean);
            next += (order[i] - mean) * (order[(i + 1) % n] - mean);
        }
        // Correlations of random orders deviate by 1 / √n.
        (self / n / variance).ShouldBe(0, 5 / Math.Sqrt(n));
        (next / n / variance).ShouldBe(0, 5 / Math.Sqrt(n));
    }

    [Fact]
    public void Large_counts_take_no_memory()
    {
        var order = new KeyedPermutation(1L << 40, new RngKey(2, "test"));
        var seen = new HashSet<long>();
        for (long i = 0; i < 1000; i++)
            seen.Add(order[i * 1_000_000_007]).ShouldBeTrue();
        Should.Throw<ArgumentOutOfRangeException>(() => order[1L << 40]);
    }
}
