using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public unsafe class ReduceTests
{
    private static readonly Shape[] s_shapes = [new(), new(1), new(100), new(3, 17), new(33, 2), new(2, 15, 16), new(4, 1, 31), new(2, 3, 5, 7)];

    [Fact]
    public void Sums_over_any_axes_agree_on_all_paths() => Check(new SumOf(), 2e-5);

    [Fact]
    public void Squares_over_any_axes_agree_on_all_paths() => Check(new SquaresOf(), 1e-6, shifted: true);

    [Fact]
    public void Absolute_sums_over_any_axes_agree_on_all_paths() => Check(new AbsoluteSumOf(), 1e-6);

    [Fact]
    public void Maxima_over_any_axes_agree_on_all_paths() => Check(new MaximumOf(), 1e-7);

    [Fact]
    public void Minima_over_any_axes_agree_on_all_paths() => Check(new MinimumOf(), 1e-7);

    [Fact]
    public void Products_over_any_axes_agree_on_all_paths() => Check(new ProductOf(), 1e-5);

    private static void Check<TReducer>(TReducer reducer, double tolerance, bool shifted = false) where TReducer : struct, IReducer
    {
        foreach (Shape shape in s_shapes)
        {
            for (int axes = 0; axes < 1 << shape.Rank; axes++)
                Check(reducer, shape, new Reduction(shape, shape.Contiguous(), axes), tolerance, shifted);
        }
        foreach (int length in (int[])[.. KernelMemory.Lengths, 4095, 4096, 4097, 8200])
        {
            Check(reducer, new Shape(1, length), new Reduction(1, length, 1), tolerance, shifted);
            Check(reducer, new Shape(length, 3), new Reduction(1, length, 3), tolerance, shifted);
        }
    }

    private static void Check<TReducer>(TReducer reducer, Shape shape, Reduction reduction, double tolerance, bool shifted) where TReducer : struct, IReducer
    {
        float[] x = Widths.Normal(shape.Count, "x"), shift = Widths.Normal(reduction.Kept.Count, "shift"), before = Widths.Normal(reduction.Kept.Count, "before");
        string what = $"{typeof(TReducer).Name} of {shape} to {reduction.Kept.Count}";
        foreach (bool accumulate in (ReadOnlySpan<bool>)[false, true])
        {
            float[] y = KernelMemory.Agree(what, memory =>
            {
                float* py = memory.Put(before);
                Reduce.Run(Workers.Serial, reducer, reduction, memory.Put(x), py, 0.5, shifted ? memory.Put(shift) : null, accumulate);
                return KernelMemory.Read(py, before.Length);
            });
            double[] expected = KernelMemory.Wide(before);
            fixed (double* px = KernelMemory.Wide(x), ps = KernelMemory.Wide(shift), py = expected)
                Reduce.Run(reducer, reduction, px, py, 0.5, shifted ? ps : null, accumulate);
            KernelMemory.Close(what, y, expected, tolerance);
        }
    }

    [Fact]
    public void An_empty_reduction_gives_the_start()
    {
        float[] y = new float[3];
        fixed (float* py = y)
        {
            Reduce.Run(Workers.Serial, default(SumOf), new Reduction(3, 0, 1), null, py);
            y.ShouldAllBe(v => v == 0);
            Reduce.Run(Workers.Serial, default(MaximumOf), new Reduction(3, 0, 1), null, py);
            y.ShouldAllBe(v => v == float.NegativeInfinity);
            Reduce.Whole(Workers.Serial, default(ProductOf), null, 0, null).ShouldBe(1);
        }
    }

    [Fact]
    public void A_row_has_the_bits_of_its_sixteen_lanes_and_their_tree()
    {
        foreach (int n in (int[])[.. KernelMemory.Lengths, 5000])
        {
            float[] x = Widths.Normal(n, "row");
            double expected = 0;
            for (int from = 0; from < n; from += 4096)
            {
                float[] lanes = new float[16];
                for (int i = from; i < Math.Min(n, from + 4096); i++)
                    lanes[(i - from) % 16] += x[i];
                double[] tree = [.. Enumerable.Range(0, 8).Select(i => (double)lanes[i] + lanes[i + 8])];
                for (int half = 4; half > 0; half /= 2)
                {
                    for (int i = 0; i < half; i++)
                        tree[i] += tree[i + half];
                }
                expected += tree[0];
            }
            float y;
            fixed (float* px = x)
                Reduce.Run(Workers.Serial, default(SumOf), new Reduction(1, n, 1), px, &y);
            y.ShouldBe((float)expected, $"{n} elements");
        }
    }

    [Fact]
    public void A_result_has_the_same_bits_beside_any_others()
    {
        // Columns alone, in pairs and all together; rows alike.
        float[] x = Widths.Normal(300 * 40, "x");
        float[] columns = Sum(x, new Shape(300, 40), new Shape(40, 1), 0b01);
        float[] rows = Sum(x, new Shape(300, 40), new Shape(40, 1), 0b10);
        for (int first = 0; first + 2 <= 40; first += 3)
            Sum(x[first..], new Shape(300, 2), new Shape(40, 1), 0b01).ShouldBe(columns[first..(first + 2)]);
        for (int first = 0; first < 300; first += 7)
            Sum(x[(40 * first)..], new Shape(1, 40), new Shape(40, 1), 0b10)[0].ShouldBe(rows[first]);

        static float[] Sum(float[] x, Shape shape, Shape strides, int axes)
        {
            var reduction = new Reduction(shape, strides, axes);
            float[] y = new float[reduction.Kept.Count];
            fixed (float* px = x, py = y)
                Reduce.Run(Workers.Serial, default(SumOf), reduction, px, py);
            return y;
        }
    }

    /// <summary>One order for a result, whether it lies alone, beside others, in one run or in pieces.</summary>
    [Fact]
    public void A_result_has_the_bits_of_its_elements_in_a_row()
    {
        foreach (int n in (ReadOnlySpan<int>)[1, 3, 4, 15, 16, 17, 31, 130, 4096, 4101, 9000])
        {
            foreach (int width in (ReadOnlySpan<int>)[1, 2, 16, 19])
            {
                float[] x = Widths.Normal(n * width, $"{n} {width}");
                CheckRows(new SumOf(), x, n, width);
                CheckRows(new SquaresOf(), x, n, width);
                CheckRows(new MinimumOf(), x, n, width);
                CheckRows(new ProductOf(), x[..Math.Min(x.Length, 40 * width)], Math.Min(n, 40), width);
            }
        }

        static void CheckRows<TReducer>(TReducer reducer, float[] x, int n, int width) where TReducer : struct, IReducer
        {
            float[] beside = KernelMemory.Agree($"{n} of {width}", memory => Of(memory, reducer, x, new Reduction(1, n, width)));
            for (int column = 0; column < width; column++)
            {
                float[] row = [.. Enumerable.Range(0, n).Select(i => x[i * width + column])];
                using var memory = new KernelMemory();
                Of(memory, reducer, row, new Reduction(1, n, 1))[0].ShouldBe(beside[column], $"{typeof(TReducer).Name} of {n} elements in column {column} of {width}");
            }
        }

        static float[] Of<TReducer>(KernelMemory memory, TReducer reducer, float[] x, Reduction reduction) where TReducer : struct, IReducer
        {
            float* y = memory.New<float>(reduction.Kept.Count);
            Reduce.Run(Workers.Serial, reducer, reduction, memory.Put(x), y, 0.3);
            return KernelMemory.Read(y, reduction.Kept.Count);
        }
    }

    [Fact]
    public void Pieces_of_what_is_reduced_are_one_line()
    {
        // (20, 3, 7) over the first and the last: the elements of a result lie in twenty pieces of seven; (20, 7, 3) in one.
        float[] x = Widths.Normal(20 * 3 * 7, "pieces"), turned = new float[x.Length];
        for (int i = 0; i < 20; i++)
        {
            for (int c = 0; c < 3; c++)
            {
                for (int j = 0; j < 7; j++)
                    turned[(i * 7 + j) * 3 + c] = x[(i * 3 + c) * 7 + j];
            }
        }
        float[] pieces = new float[3], lines = new float[3], walked = new float[3];
        fixed (float* px = x, pt = turned, pp = pieces, pl = lines, pw = walked)
        {
            var shape = new Shape(20, 3, 7);
            Reduce.Run(Workers.Serial, default(SumOf), new Reduction(shape, shape.Contiguous(), 0b101), px, pp);
            Reduce.Run(Workers.Serial, default(SumOf), new Reduction(1, 140, 3), pt, pl);
            Reduce.Run(Workers.Serial, default(SumOf), new Reduction(new Shape(20, 7, 3), new Shape(21, 3, 1), 0b011), pt, pw);
        }
        pieces.ShouldBe(lines);
        walked.ShouldBe(lines);
    }

    [Fact]
    public void Squares_neither_overflow_nor_vanish()
    {
        float[] x = [.. Enumerable.Range(0, 37).Select(i => i == 20 ? 3e20f : i == 3 ? -4e20f : 1f)];
        fixed (float* px = x)
        {
            Math.Sqrt(SumOfSquares.Of(px, x.Length)).ShouldBe(5e20, 1e14);
            new Span<float>(px, x.Length).Fill(1e-30f);
            Math.Sqrt(SumOfSquares.Of(px, 36)).ShouldBe(6e-30, 1e-36);
        }
        foreach (int n in KernelMemory.Lengths)
        {
            float[] values = Widths.Normal(n, "squares");
            double expected = values.Sum(v => (double)v * v);
            KernelMemory.Everywhere("squares", memory => SumOfSquares.Of(memory.Put(values), n).ShouldBe(expected, 1e-13 * (1 + n)), widths: false);
        }
    }

    [Fact]
    public void Threads_do_not_change_bits()
    {
        float[] x = Widths.Normal(300_007, "x");
        double[] partials = new double[Reduce.WholePartials(x.Length)];
        fixed (float* px = x)
        {
            fixed (double* pp = partials)
            {
                double alone = Reduce.Whole(Workers.Serial, default(SquaresOf), px, x.Length, pp);
                Reduce.Whole(Workers.Shared, default(SquaresOf), px, x.Length, pp).ShouldBe(alone);
                alone.ShouldBe(x.Sum(v => (double)v * v), 1e-6 * alone);
            }
        }
    }

    [Fact]
    public void NaN_and_infinity_reach_the_result()
    {
        foreach (float value in (ReadOnlySpan<float>)[float.NaN, float.PositiveInfinity, float.NegativeInfinity])
        {
            for (int at = 0; at < 40; at += 13)
            {
                float[] x = Widths.Normal(40, "x");
                x[at] = value;
                Widths.FirstDifference(Of(new SumOf(), x), [value]).ShouldBe(-1);
                Widths.FirstDifference(Of(new MaximumOf(), x), [float.IsNegativeInfinity(value) ? x.Max() : value]).ShouldBe(-1);
                Widths.FirstDifference(Of(new MinimumOf(), x), [float.IsPositiveInfinity(value) ? x.Min() : value]).ShouldBe(-1);
            }
        }

        static float[] Of<TReducer>(TReducer reducer, float[] x) where TReducer : struct, IReducer => KernelMemory.Agree(typeof(TReducer).Name, memory =>
        {
            float* y = memory.New<float>(1);
            Reduce.Run(Workers.Serial, reducer, new Reduction(1, x.Length, 1), memory.Put(x), y);
            return [*y];
        });
    }

    [Fact]
    public void The_reduction_that_undoes_a_broadcast_sums_what_was_repeated()
    {
        var reduction = Reduction.ToShape(new Shape(4, 1), new Shape(3, 4, 2));
        reduction.Kept.Count.ShouldBe(4);
        float[] x = [.. Enumerable.Range(0, 24).Select(i => (float)i)], y = new float[4];
        fixed (float* px = x, py = y)
            Reduce.Run(Workers.Serial, default(SumOf), reduction, px, py);
        y.ShouldBe([51, 63, 75, 87]);
        Should.Throw<ShapeException>(() => Reduction.ToShape(new Shape(3), new Shape(2)));
    }
}
