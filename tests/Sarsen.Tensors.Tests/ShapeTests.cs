namespace Sarsen.Tensors.Tests;

public class ShapeTests
{
    [Fact]
    public void Counts_elements_and_counts_from_the_end()
    {
        var shape = new Shape(2, 3, 4);
        shape.Count.ShouldBe(24);
        shape[-1].ShouldBe(4);
        shape.Contiguous().AsSpan().ToArray().ShouldBe([12, 4, 1]);
        new Shape().Count.ShouldBe(1);
        new Shape(0, long.MaxValue, 5).Count.ShouldBe(0);
    }

    [Fact]
    public void Refuses_what_no_tensor_can_have()
    {
        Should.Throw<ShapeException>(() => new Shape(2, -1)).Message.ShouldContain("dimension 1 has the negative size -1");
        Should.Throw<ShapeException>(() => new Shape(1L << 32, 1L << 32)).Message.ShouldContain("more than 2^63 - 1");
        Should.Throw<ShapeException>(() => new Shape(1, 1, 1, 1, 1, 1, 1, 1, 1)).Message.ShouldContain("9 dimensions given");
        Should.Throw<ShapeException>(() => new Shape(2, 3)[2]).Message.ShouldContain("(2, 3)");
    }

    [Fact]
    public void Equal_sizes_are_equal_shapes()
    {
        (new Shape(2, 3) == new Shape([2L, 3L])).ShouldBeTrue();
        (new Shape(2, 3) == new Shape(3, 2)).ShouldBeFalse();
        (new Shape(2, 3) == new Shape(2, 3, 1)).ShouldBeFalse();
        new Shape(2, 3).GetHashCode().ShouldBe(new Shape(2, 3).GetHashCode());
    }
}
