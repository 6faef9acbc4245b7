using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class PlainTests
{
    [Fact]
    public void Comparisons_with_NaN_are_false_but_for_unequal()
    {
        float[] a = [1, 2, 2, float.NaN, 0, float.PositiveInfinity], b = [2, 1, 2, float.NaN, -0f, 1];
        Of<IsLess<float>, float, byte>(a, b).ShouldBe([1, 0, 0, 0, 0, 0]);
        Of<IsLessOrEqual<float>, float, byte>(a, b).ShouldBe([1, 0, 1, 0, 1, 0]);
        Of<IsEqual<float>, float, byte>(a, b).ShouldBe([0, 0, 1, 0, 1, 0]);
        Of<IsNotEqual<float>, float, byte>(a, b).ShouldBe([1, 1, 0, 1, 0, 1]);
    }

    [Fact]
    public void Integers_wrap_and_division_never_throws()
    {
        int[] a = [int.MaxValue, int.MinValue, 7, -7, 5, 0], b = [1, -1, 2, 2, 0, 0];
        Of<PlainAdd<int>, int, int>(a, b).ShouldBe([int.MinValue, int.MaxValue, 9, -5, 5, 0]);
        Of<PlainSubtract<int>, int, int>(a, b).ShouldBe([int.MaxValue - 1, int.MinValue + 1, 5, -9, 5, 0]);
        Of<PlainMultiply<int>, int, int>(a, b).ShouldBe([int.MaxValue, int.MinValue, 14, -14, 0, 0]);
        Of<PlainDivide<int>, int, int>(a, b).ShouldBe([int.MaxValue, int.MinValue, 3, -3, 0, 0]);
        Of<PlainDivide<byte>, byte, byte>([200, 255, 9], [255, 255, 0]).ShouldBe([(byte)0, 1, 0]);
        Of<PlainMinimum<int>, int, int>(a, b).ShouldBe([1, int.MinValue, 2, -7, 0, 0]);
        Of<PlainMaximum<double>, double, double>([1, double.NaN, 3], [2, 0, double.NaN]).ShouldBe([2, double.NaN, double.NaN]);
    }

    [Fact]
    public void Where_and_fill_reach_every_element_at_any_length()
    {
        foreach (int n in (int[])[.. KernelMemory.Lengths, 40_001])
        {
            var shape = new Shape(n);
            Shape one = StridedPlan.Broadcast(new Shape(), new Shape(), shape);
            byte[] conditions = [.. Enumerable.Range(0, n).Select(i => (byte)(i % 3))];
            long[] expected = [.. conditions.Select(c => c != 0 ? 5L : 8L)];
            KernelMemory.Everywhere("where and fill", memory =>
            {
                long* y = memory.New<long>(n, -1);
                Plain.Where(Workers.Shared, new StridedPlan(shape, shape.Contiguous(), one, one), memory.Put<byte>(conditions), memory.Put([5L]), memory.Put([8L]), y);
                new Span<long>(y, n).SequenceEqual(expected).ShouldBeTrue($"{n} elements");
                Plain.Fill(Workers.Shared, 12L, y, n);
                new Span<long>(y, n).ContainsAnyExcept(12).ShouldBeFalse($"{n} elements");
            }, widths: false);
        }
    }

    private static TResult[] Of<TOp, T, TResult>(T[] a, T[] b) where TOp : struct, IPlainOp<T, TResult> where T : unmanaged where TResult : unmanaged
    {
        var shape = new Shape(a.Length);
        using var memory = new KernelMemory();
        TResult* y = memory.New<TResult>(a.Length);
        Plain.Binary<TOp, T, TResult>(Workers.Serial, new StridedPlan(shape, shape.Contiguous(), shape.Contiguous()), memory.Put<T>(a), memory.Put<T>(b), y);
        return KernelMemory.Read(y, a.Length);
    }
}
