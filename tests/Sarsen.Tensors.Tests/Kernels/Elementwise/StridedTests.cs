using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class StridedTests
{
    private static readonly Shape[] s_shapes =
    [
        new(), new(1), new(17), new(0, 3), new(3, 0), new(5, 7), new(33, 31), new(64, 65), new(2, 3, 4), new(3, 1, 5), new(1, 1, 1), new(2, 33, 35), new(2, 3, 4, 5), new(2, 1, 3, 1, 2, 4),
    ];

    /// <summary>All permutations of a contiguous tensor's axes, and each with its first axis repeated.</summary>
    private static IEnumerable<(Shape Shape, Shape Strides)> Views(Shape whole)
    {
        Shape strides = whole.Contiguous();
        foreach (int[] order in Permutations([.. Enumerable.Range(0, whole.Rank)]))
        {
            long[] sizes = [.. order.Select(d => whole[d])], steps = [.. order.Select(d => strides[d])];
            yield return (new Shape(sizes), Shape.Unchecked(steps));
            if (whole.Rank > 0)
            {
                steps[0] = 0;
                yield return (new Shape(sizes), Shape.Unchecked(steps));
            }
        }
    }

    private static IEnumerable<int[]> Permutations(int[] items)
    {
        if (items.Length <= 1)
            return [items];
        return items.SelectMany(first => Permutations([.. items.Where(i => i != first)]).Select(rest => (int[])[first, .. rest]));
    }

    /// <summary>Where the i-th element of the walk lies, by division.</summary>
    private static long OffsetOf(Shape shape, Shape strides, long i)
    {
        long offset = 0;
        for (int d = shape.Rank - 1; d >= 0; d--)
        {
            offset += i % shape[d] * strides[d];
            i /= shape[d];
        }
        return offset;
    }

    [Fact]
    public void A_cursor_walks_every_operand_from_anywhere()
    {
        foreach ((Shape shape, Shape strides) in s_shapes.SelectMany(Views))
        {
            Shape dense = shape.Contiguous();
            var plan = new StridedPlan(shape, strides, dense);
            plan.Count.ShouldBe(shape.Count);
            for (long start = 0; start < plan.Count; start += Math.Max(1, plan.Count / 3))
            {
                StridedCursor at = plan.Seek(start);
                for (long i = start; i < plan.Count;)
                {
                    if (at.Offset0 != OffsetOf(shape, strides, i) || at.Offset1 != i)
                        throw new ShouldAssertException($"{shape} by {strides}: at {i} the cursor is at {at.Offset0} and {at.Offset1}");
                    long step = Math.Min(at.RowLeft, 5);
                    at.Advance(step);
                    i += step;
                }
            }
        }
    }

    [Fact]
    public void Copies_of_any_view_and_element_size_are_exact()
    {
        foreach (Shape whole in s_shapes)
        {
            foreach ((Shape shape, Shape strides) in Views(whole))
            {
                Copy<byte>(shape, strides, whole.Count, i => (byte)(i * 7));
                Copy<short>(shape, strides, whole.Count, i => (short)(i * 3));
                Copy<float>(shape, strides, whole.Count, i => i + 0.5f);
                Copy<double>(shape, strides, whole.Count, i => i - 0.25);
            }
        }
    }

    private static void Copy<T>(Shape shape, Shape strides, long count, Func<int, T> value) where T : unmanaged
    {
        T[] source = [.. Enumerable.Range(0, (int)count).Select(value)];
        T[] expected = [.. Enumerable.Range(0, (int)shape.Count).Select(i => source[OffsetOf(shape, strides, i)])];
        var plan = new StridedPlan(shape, strides);
        using var memory = new KernelMemory();
        T* x = memory.Put<T>(source), y = memory.New<T>(shape.Count);
        StridedCopy.ToContiguous(Workers.Shared, plan, x, y);
        KernelMemory.Read(y, shape.Count).ShouldBe(expected, $"{typeof(T).Name} {shape} by {strides}");
        if (shape.Rank == 0 || strides[0] != 0 || shape[0] <= 1)
        {
            T* back = memory.New<T>(count);
            StridedCopy.FromContiguous(Workers.Shared, plan, y, back);
            KernelMemory.Read(back, shape.Count == 0 ? 0 : count).ShouldBe(shape.Count == 0 ? [] : source);
        }
    }

    [Fact]
    public void Broadcasting_follows_NumPy()
    {
        StridedPlan.BroadcastShape(new Shape(3, 1, 5), new Shape(4, 1)).ShouldBe(new Shape(3, 4, 5));
        StridedPlan.BroadcastShape(new Shape(), new Shape(2)).ShouldBe(new Shape(2));
        StridedPlan.BroadcastShape(new Shape(1), new Shape(0)).ShouldBe(new Shape(0));
        Shape walked = StridedPlan.Broadcast(new Shape(4, 1), new Shape(4, 1).Contiguous(), new Shape(3, 4, 5));
        (walked[0], walked[1], walked[2]).ShouldBe((0, 1, 0));
        Should.Throw<ShapeException>(() => StridedPlan.BroadcastShape(new Shape(2, 3), new Shape(2))).Message.ShouldContain("(2, 3) and (2)");
        Should.Throw<ShapeException>(() => StridedPlan.Broadcast(new Shape(3), new Shape(1), new Shape(2)));
        Should.Throw<ShapeException>(() => new StridedPlan(new Shape(2, 2), new Shape(1)));
    }
}
