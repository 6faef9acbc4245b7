using Sarsen.Nn.Plans;

namespace Sarsen.Nn.Tests.Plans;

public class MemoryPlanTests
{
    [Fact]
    public void Blocks_of_one_time_never_overlap_and_together_need_no_more_than_their_sum()
    {
        var random = new Random(5);
        for (int round = 0; round < 200; round++)
        {
            int steps = random.Next(1, 40);
            MemoryUse[] uses = [.. Enumerable.Range(0, random.Next(0, 60)).Select(_ =>
            {
                int first = random.Next(steps);
                return new MemoryUse(random.Next(4) == 0 ? 0 : random.Next(1, 5000), first, random.Next(first, steps));
            })];
            (long[] offsets, long bytes) = MemoryPlan.Of(uses);
            long most = 0;
            for (int step = 0; step < steps; step++)
            {
                int[] alive = [.. Enumerable.Range(0, uses.Length).Where(i => uses[i].First <= step && step <= uses[i].Last && uses[i].Bytes > 0)];
                foreach (int i in alive)
                {
                    (offsets[i] % MemoryPlan.Alignment).ShouldBe(0);
                    (offsets[i] + uses[i].Bytes).ShouldBeLessThanOrEqualTo(bytes);
                    foreach (int j in alive.Where(j => j != i))
                        (offsets[i] + uses[i].Bytes <= offsets[j] || offsets[j] + uses[j].Bytes <= offsets[i]).ShouldBeTrue($"round {round}, blocks {i} and {j}");
                }
                most = Math.Max(most, alive.Sum(i => MemoryPlan.RoundUp(uses[i].Bytes)));
            }
            bytes.ShouldBeInRange(most, uses.Sum(u => MemoryPlan.RoundUp(u.Bytes)));
        }
    }

    [Fact]
    public void A_chain_needs_the_memory_of_two_values()
    {
        MemoryUse[] chain = [.. Enumerable.Range(0, 10).Select(i => new MemoryUse(640, i, i + 1))];
        MemoryPlan.Of(chain).Bytes.ShouldBe(1280);
    }
}
