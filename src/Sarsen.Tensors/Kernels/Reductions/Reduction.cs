namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Which axes of a strided tensor are reduced: a walk over what is kept, whose order is that of the contiguous result,
/// and one over what is reduced, in ascending order.
/// </summary>
public readonly struct Reduction
{
    /// <param name="shape">The input's shape.</param>
    /// <param name="strides">Its strides in elements.</param>
    /// <param name="axes">Bit d is set where dimension d is reduced.</param>
    public Reduction(Shape shape, Shape strides, int axes)
    {
        Span<long> sizes = stackalloc long[2 * Shape.MaxRank], steps = stackalloc long[2 * Shape.MaxRank];
        int kept = 0, reduced = 0;
        for (int d = 0; d < shape.Rank; d++)
        {
            int at = (axes >> d & 1) == 0 ? kept++ : Shape.MaxRank + reduced++;
            sizes[at] = shape[d];
            steps[at] = strides[d];
        }
        Kept = new StridedPlan(new Shape(sizes[..kept]), Shape.Unchecked(steps[..kept]));
        Reduced = new StridedPlan(
            new Shape(sizes.Slice(Shape.MaxRank, reduced)), Shape.Unchecked(steps.Slice(Shape.MaxRank, reduced)));
        // Along which walk the memory runs decides the loop, not the result: both are functions of the shape.
        AlongKept = Kept.Count > 1 && Kept.RowStride(0) == 1 && !(Reduced.Count > 1 && Reduced.RowStride(0) == 1);
    }

    /// <summary>A contiguous (outer, reduced, inner) tensor, reduced over the middle.</summary>
    public Reduction(long outer, long reduced, long inner)
        : this(new Shape(outer, reduced, inner), new Shape(outer, reduced, inner).Contiguous(), 0b010)
    {
    }

    /// <summary>The reduction that undoes a broadcast: a contiguous gradient of <paramref name="result"/>'s shape to the operand's.</summary>
    /// <exception cref="ShapeException">The operand does not broadcast to that shape.</exception>
    public static Reduction ToShape(Shape operand, Shape result)
    {
        Shape walked = StridedPlan.Broadcast(operand, operand.Contiguous(), result);
        int missing = result.Rank - operand.Rank, axes = 0;
        for (int d = 0; d < result.Rank; d++)
        {
            if (d < missing || (walked[d] == 0 && operand[d - missing] == 1))
                axes |= 1 << d;
        }
        return new Reduction(result, result.Contiguous(), axes);
    }

    public StridedPlan Kept { get; }

    public StridedPlan Reduced { get; }

    /// <summary>Whether sixteen neighbouring results are computed side by side.</summary>
    internal bool AlongKept { get; }
}
