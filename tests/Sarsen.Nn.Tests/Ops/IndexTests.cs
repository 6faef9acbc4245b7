using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Ops;

/// <summary>Operations that go by indices, on numbers of which the answers are plain; their gradients are checked with the catalogue.</summary>
public class IndexTests
{
    private static Tensor Row(params float[] values) => Tensor.From(values, new Shape(values.Length));

    private static Tensor Ids(params long[] values) => Tensor.From(values, new Shape(values.Length));

    [Fact]
    public void Sorting_is_stable_and_puts_NaN_above_all()
    {
        Tensor x = Row(3, float.NaN, -1, 3, float.PositiveInfinity, -1, 0);
        (Tensor values, Tensor indices) = x.Sort();
        values.ToArray<float>().ShouldBe([-1, -1, 0, 3, 3, float.PositiveInfinity, float.NaN]);
        indices.ToArray<long>().ShouldBe([2, 5, 6, 0, 3, 4, 1]);
        x.ArgSort(descending: true).ToArray<long>().ShouldBe([1, 4, 0, 3, 6, 2, 5]);
        Tensor.From<float>([2, 1, 0, 5, 1, 7], new Shape(3, 2)).Sort(0).Values.ToArray<float>().ShouldBe([0, 1, 1, 5, 2, 7]);
    }

    [Fact]
    public void Sorting_many_agrees_with_the_library()
    {
        var rng = new Rng(1, "sort");
        float[] values = [.. Enumerable.Range(0, 3000).Select(i => (float)Math.Round(rng.Normal(i), 2))];
        (Tensor sorted, Tensor indices) = Tensor.From(values, new Shape(3, 1000)).Sort();
        for (int row = 0; row < 3; row++)
        {
            int[] expected = [.. Enumerable.Range(0, 1000).OrderBy(i => values[row * 1000 + i])];
            indices.Select(0, row).ToArray<long>().ShouldBe([.. expected.Select(i => (long)i)]);
            sorted.Select(0, row).ToArray<float>().ShouldBe([.. expected.Select(i => values[row * 1000 + i])]);
        }
    }

    [Fact]
    public void The_greatest_k_are_the_beginning_of_the_sorted()
    {
        var rng = new Rng(1, "top");
        Tensor x = Tensor.From([.. Enumerable.Range(0, 400).Select(i => (float)Math.Round(rng.Normal(i), 1))], new Shape(2, 50, 4));
        foreach (bool greatest in (ReadOnlySpan<bool>)[true, false])
        {
            (Tensor sorted, Tensor order) = x.Sort(1, descending: greatest);
            foreach (long k in (ReadOnlySpan<long>)[0, 1, 2, 7, 49, 50])
            {
                (Tensor values, Tensor indices) = x.TopK(k, 1, greatest);
                values.ToArray<float>().ShouldBe(sorted.Slice(1, 0, k).ToArray<float>());
                indices.ToArray<long>().ShouldBe(order.Slice(1, 0, k).ToArray<long>());
            }
        }
        Should.Throw<ShapeException>(() => x.TopK(5, 2)).Message.ShouldContain("5 elements");
    }

    [Fact]
    public void Scattering_sets_or_adds()
    {
        Tensor zeros = Row(1, 1, 1, 1), index = Ids(2, 0, 2);
        zeros.Scatter(0, index, Row(5, 6, 7)).ToArray<float>().ShouldBe([6, 1, 7, 1]);
        zeros.ScatterAdd(0, index, Row(5, 6, 7)).ToArray<float>().ShouldBe([7, 1, 13, 1]);
        Should.Throw<ArgumentOutOfRangeException>(() => zeros.Scatter(0, Ids(4), Row(1))).Message.ShouldContain("0 … 3");
        Should.Throw<ShapeException>(() => zeros.ScatterAdd(0, index, Row(1)));
    }

    [Fact]
    public void Running_sums_and_products_go_along_a_dimension()
    {
        Tensor x = Tensor.From<float>([1, 2, 3, 4, 0, 6], new Shape(2, 3));
        x.CumSum(1).ToArray<float>().ShouldBe([1, 3, 6, 4, 4, 10]);
        x.CumSum(0).ToArray<float>().ShouldBe([1, 2, 3, 5, 2, 9]);
        x.CumProd(-1).ToArray<float>().ShouldBe([1, 2, 6, 4, 0, 0]);
    }

    [Fact]
    public void Conditions_choose_and_masks_fill()
    {
        Tensor mask = Tensor.From<bool>([true, false, true], new Shape(3)), x = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        mask.Where(x, Row(-1, -2, -3)).ToArray<float>().ShouldBe([1, -2, 3, 4, -2, 6]);
        x.MaskedFill(mask, float.NegativeInfinity).ToArray<float>().ShouldBe([float.NegativeInfinity, 2, float.NegativeInfinity, float.NegativeInfinity, 5, float.NegativeInfinity]);
        Should.Throw<ShapeException>(() => x.MaskedFill(Tensor.From<bool>([true, false], new Shape(2)), 0));
        Should.Throw<NotSupportedException>(() => Row(1).Where(x, x)).Message.ShouldContain("Bool");
    }

    [Fact]
    public void Classes_become_rows_and_positions_are_picked()
    {
        Ids(2, 0).OneHot(3).ToArray<float>().ShouldBe([0, 0, 1, 1, 0, 0]);
        Should.Throw<ArgumentOutOfRangeException>(() => Ids(3).OneHot(3)).Message.ShouldContain("0 … 2");
        Tensor x = Tensor.From<float>([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        x.IndexSelect(1, Ids(2, 2, 0)).ToArray<float>().ShouldBe([3, 3, 1, 6, 6, 4]);
        x.IndexSelect(0, Ids(1)).Shape.ShouldBe(new Shape(1, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => x.IndexSelect(0, Ids(-1)));
    }

    [Fact]
    public void Sequences_are_turned_up_to_their_lengths()
    {
        Tensor x = Tensor.From<float>([1, 10, 2, 20, 3, 30], new Shape(3, 2));
        x.Flip().ToArray<float>().ShouldBe([3, 30, 2, 20, 1, 10]);
        x.Flip(Ids(2, 0)).ToArray<float>().ShouldBe([2, 0, 1, 0, 0, 0]);
    }
}
