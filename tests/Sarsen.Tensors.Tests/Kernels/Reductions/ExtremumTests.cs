using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class ExtremumTests
{
    [Fact]
    public void The_first_of_equals_wins_and_the_first_NaN_before_all()
    {
        Find([3, 5, 5, 1], greatest: true).ShouldBe(1);
        Find([3, 1, 5, 1], greatest: false).ShouldBe(1);
        Find([3, float.NaN, 9, float.NaN], greatest: true).ShouldBe(1);
        Find([3, 9, float.NaN], greatest: false).ShouldBe(2);
        Find([float.NegativeInfinity, float.NegativeInfinity], greatest: true).ShouldBe(0);
        Find([0, -0f], greatest: false).ShouldBe(0);
        Find([7], greatest: true).ShouldBe(0);
    }

    private static long Find(float[] x, bool greatest)
    {
        long index;
        fixed (float* px = x)
            Extremum.Find(Workers.Serial, px, &index, null, 1, x.Length, 1, greatest);
        return index;
    }

    [Fact]
    public void Lines_of_a_middle_axis_are_independent_and_the_gradient_goes_to_the_index()
    {
        const int outer = 3, n = 17, inner = 5;
        float[] x = Widths.Normal(outer * n * inner, "x"), dy = Widths.Normal(outer * inner, "dy");
        using var memory = new KernelMemory();
        long* index = memory.New<long>(outer * inner, -1);
        float* value = memory.New<float>(outer * inner), dx = memory.New<float>(x.Length, 9);
        Extremum.Find(Workers.Shared, memory.Put(x), index, value, outer, n, inner, greatest: true);
        Extremum.Backward(Workers.Serial, memory.Put(dy), index, dx, outer, n, inner);
        for (int line = 0; line < outer * inner; line++)
        {
            int[] places = [.. Enumerable.Range(0, n).Select(i => (line / inner * n + i) * inner + line % inner)];
            value[line].ShouldBe(places.Max(p => x[p]));
            x[places[index[line]]].ShouldBe(value[line]);
            for (int i = 0; i < n; i++)
                dx[places[i]].ShouldBe(i == index[line] ? dy[line] : 0);
        }
    }
}
