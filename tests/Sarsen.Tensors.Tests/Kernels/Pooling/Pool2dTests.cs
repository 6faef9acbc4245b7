using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public sealed unsafe class Pool2dTests
{
    private static Pool2dShape ShapeOf(Pool2dGolden golden)
    {
        int[] s = golden.Sizes;
        var window = new Window2d(s[3], s[4])
        {
            StrideHeight = s[5],
            StrideWidth = s[6],
            PadTop = s[7],
            PadBottom = s[7],
            PadLeft = s[8],
            PadRight = s[8],
            DilationHeight = s[9],
            DilationWidth = s[10],
        };
        return new Pool2dShape(s[0], s[1], s[2], window, golden.Ceil);
    }

    [Fact]
    public void ResultsAndGradientsEqualPyTorchs()
    {
        foreach (Pool2dGolden golden in Pool2dGolden.All)
        {
            Pool2dShape shape = ShapeOf(golden);
            (shape.Planes * shape.OutPlane).ShouldBe(golden.Y.Length);
            float[] y = new float[golden.Y.Length], dx = new float[golden.X.Length];
            int[] indices = new int[golden.Y.Length];
            fixed (float* px = golden.X, pdy = golden.Dy, py = y, pdx = dx)
            fixed (int* at = indices)
            {
                if (golden.Max)
                {
                    MaxPool2d.Reference(shape, px, py, at);
                    MaxPool2d.Backward(shape, pdy, at, pdx, Workers.Serial);
                    indices.ShouldBe(golden.Indices);
                    y.ShouldBe(golden.Y);
                    dx.ShouldBe(golden.Dx);
                }
                else
                {
                    AvgPool2d.Forward(shape, px, py, golden.IncludePad, Workers.Serial);
                    AvgPool2d.Backward(shape, pdy, pdx, golden.IncludePad, Workers.Serial);
                    y.ShouldBe(golden.Y, 1e-6);
                    dx.ShouldBe(golden.Dx, 1e-6);
                }
            }
        }
    }

    private static IEnumerable<Pool2dShape> Shapes()
    {
        foreach (bool ceil in new[] { false, true })
        {
            foreach ((int height, int width) in new[] { (2, 2), (11, 11), (28, 28), (9, 33), (6, 66), (7, 65), (4, 32), (3, 200), (5, 1) })
            {
                for (int rows = 1; rows <= 2 && (width > 1 || ceil); rows++)
                    yield return new Pool2dShape(5, height, width, new Window2d(rows, 2) { StrideHeight = rows, StrideWidth = 2, PadRight = width == 1 ? 1 : 0 }, ceil);
            }
            for (int kernel = 1; kernel <= 4; kernel++)
            {
                for (int stride = 1; stride <= 3; stride++)
                {
                    for (int pad = 0; pad <= kernel / 2; pad++)
                    {
                        var window = new Window2d(kernel, (kernel % 3) + 1) { StrideHeight = stride, StrideWidth = 4 - stride, PadTop = pad, PadBottom = kernel / 2 };
                        yield return new Pool2dShape(3, 6 + stride, 7, window, ceil);
                        yield return new Pool2dShape(40, 23, 31, window, ceil);
                        yield return new Pool2dShape(2, kernel, 17, window with { PadLeft = ((kernel % 3) + 1) / 2 }, ceil);
                    }
                }
            }
        }
        // A dilation that steps over the whole picture.
        yield return new Pool2dShape(2, 1, 5, new Window2d(2, 2) { DilationHeight = 2, PadTop = 1, PadBottom = 1 });
        yield return new Pool2dShape(2, 9, 9, new Window2d(3, 2) { DilationHeight = 3, DilationWidth = 2, PadTop = 3, PadRight = 1 }, ceilMode: true);
        yield return new Pool2dShape(0, 4, 4, new Window2d(2, 2));
    }

    [Fact]
    public void EveryShapeEqualsTheReferenceForAnyNumberOfThreads()
    {
        Workers workers = Workers.Start(3);
        foreach (Pool2dShape shape in Shapes())
        {
            using var x = new GuardedBuffer<float>(shape.Planes * shape.Plane);
            using var y = new GuardedBuffer<float>(shape.Planes * shape.OutPlane);
            using var indices = new GuardedBuffer<int>(y.Count);
            // Few values, so that there are ties, and some that are not a number.
            var random = new System.Random(5);
            foreach (ref float value in x.Span)
                value = random.Next(40) == 0 ? float.NaN : random.Next(-3, 4);
            MaxPool2d.Reference(shape, x.Pointer, y.Pointer, indices.Pointer);
            float[] expected = y.Span.ToArray();
            int[] expectedIndices = indices.Span.ToArray();
            for (int by = 0; by < 2 * Widths.Count; by++)
            {
                Workers who = by % 2 == 0 ? Workers.Serial : workers;
                using VectorRanges.Narrower narrower = VectorRanges.Narrow(by / 2);
                y.Span.Fill(77);
                indices.Span.Fill(77);
                MaxPool2d.Forward(shape, x.Pointer, y.Pointer, indices.Pointer, who);
                y.Span.SequenceEqual(expected).ShouldBeTrue(shape.ToString());
                indices.Span.SequenceEqual(expectedIndices).ShouldBeTrue(shape.ToString());
                MaxPool2d.Forward(shape, x.Pointer, y.Pointer, null, who);
                y.Span.SequenceEqual(expected).ShouldBeTrue(shape.ToString());
                CheckMaxBackward(shape, expectedIndices, who);
            }
            if (shape.Window.DilationHeight != 1)
                continue;
            foreach (bool include in new[] { false, true })
            {
                MatMulTests.Fill(x.Span, 3);
                AvgPool2d.Reference(shape, x.Pointer, y.Pointer, include);
                expected = y.Span.ToArray();
                for (int by = 0; by < 2 * Widths.Count; by++)
                {
                    Workers who = by % 2 == 0 ? Workers.Serial : workers;
                    using VectorRanges.Narrower narrower = VectorRanges.Narrow(by / 2);
                    y.Span.Fill(77);
                    AvgPool2d.Forward(shape, x.Pointer, y.Pointer, include, who);
                    y.Span.SequenceEqual(expected).ShouldBeTrue(shape.ToString());
                    CheckAverageBackward(shape, include, who);
                }
            }
        }
        workers.Stop();
    }

    /// <summary>Of windows that do not overlap, so that each element has one share: added to zero, which leaves no -0.</summary>
    private static void CheckAverageBackward(in Pool2dShape shape, bool include, Workers workers)
    {
        if (shape.Window != new Window2d(2, 2).WithStride(2) && shape.Window != new Window1d(2, 2).OverOneRow)
            return;
        using var dy = new GuardedBuffer<float>(shape.Planes * shape.OutPlane);
        using var dx = new GuardedBuffer<float>(shape.Planes * shape.Plane);
        MatMulTests.Fill(dy.Span, 9);
        if (dy.Count > 0)
            dy.Span[0] = -0f;
        float[] expected = new float[dx.Count];
        for (int i = 0; i < dy.Count; i++)
        {
            (int plane, int o) = ((int)(i / shape.OutPlane), (int)(i % shape.OutPlane));
            int rows = (int)shape.Window.KernelHeight;
            (int h, int w) = (rows * (o / (int)shape.OutWidth), 2 * (o % (int)shape.OutWidth));
            (int high, int wide) = (Math.Min(rows, (int)shape.Height - h), Math.Min(2, (int)shape.Width - w));
            for (int tap = 0; tap < high * wide; tap++)
                expected[plane * (int)shape.Plane + (h + tap / wide) * (int)shape.Width + w + tap % wide] += dy.Span[i] / (high * wide);
        }
        dx.Span.Fill(float.NaN);
        AvgPool2d.Backward(shape, dy.Pointer, dx.Pointer, include, workers);
        Widths.FirstDifference(expected, dx.Span).ShouldBe(-1, shape.ToString());
    }

    private static void CheckMaxBackward(in Pool2dShape shape, int[] at, Workers workers)
    {
        using var dy = new GuardedBuffer<float>(shape.Planes * shape.OutPlane);
        using var dx = new GuardedBuffer<float>(shape.Planes * shape.Plane);
        MatMulTests.Fill(dy.Span, 9);
        if (dy.Count > 0)
            dy.Span[0] = -0f;
        float[] expected = new float[dx.Count];
        for (int i = 0; i < at.Length; i++)
        {
            if (at[i] >= 0)
                expected[(i / shape.OutPlane * shape.Plane) + at[i]] += dy.Span[i];
        }
        dx.Span.Fill(float.NaN);
        fixed (int* indices = at)
            MaxPool2d.Backward(shape, dy.Pointer, indices, dx.Pointer, workers);
        Widths.FirstDifference(expected, dx.Span).ShouldBe(-1, shape.ToString());
    }

    /// <summary>⟨pool(x), dy⟩ is linear in x for an average, and for a maximum as long as the winners stay: so ⟨x, dx⟩ equals it.</summary>
    [Fact]
    public void GradientsAreTheTransposeOfTheForward()
    {
        Workers workers = Workers.Start(2);
        foreach (Pool2dShape shape in Shapes())
        {
            double[] x = new double[shape.Planes * shape.Plane], dx = new double[x.Length], y = new double[shape.Planes * shape.OutPlane], dy = new double[y.Length];
            int[] indices = new int[y.Length];
            var random = new System.Random(9);
            foreach (ref double value in x.AsSpan())
                value = random.NextDouble();
            foreach (ref double value in dy.AsSpan())
                value = random.NextDouble();
            fixed (double* px = x, pdx = dx, py = y, pdy = dy)
            fixed (int* at = indices)
            {
                MaxPool2d.Reference(shape, px, py, at);
                MaxPool2d.Backward(shape, pdy, at, pdx, workers);
                Dot(x, dx).ShouldBe(y.Zip(dy).Where(pair => double.IsFinite(pair.First)).Sum(pair => pair.First * pair.Second), 1e-8);
                if (shape.Window.DilationHeight != 1)
                    continue;
                AvgPool2d.Forward(shape, px, py, true, workers);
                AvgPool2d.Backward(shape, pdy, pdx, true, workers);
                Dot(x, dx).ShouldBe(Dot(y, dy), 1e-8);
                AvgPool2d.Forward(shape, px, py, false, workers);
                AvgPool2d.Backward(shape, pdy, pdx, false, workers);
                Dot(x, dx).ShouldBe(Dot(y, dy), 1e-8);
            }
        }
        workers.Stop();
    }

    private static double Dot(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);

    [Fact]
    public void ShapesThatDoNotFitAreRefused()
    {
        Should.Throw<ShapeException>(() => new Pool2dShape(1, 4, 4, new Window2d(2, 2).WithPadding(2))).Message.ShouldContain("more than half");
        Should.Throw<ShapeException>(() => new Pool2dShape(1, 4, 4, new Window2d(5, 2))).Message.ShouldContain("5 × 2");
        Should.Throw<ShapeException>(() => new Pool2dShape(1, 0, 4, new Window2d(1, 1))).Message.ShouldContain("0 × 4");
        Should.Throw<ShapeException>(() => new Pool2dShape(1, 1 << 16, 1 << 16, new Window2d(1, 1))).Message.ShouldContain("indices");
        Should.Throw<ShapeException>(() => new Pool2dShape(long.MaxValue, 4, 4, new Window2d(1, 1)));
        Should.Throw<ShapeException>(() => AvgPool2d.Validate(new Pool2dShape(1, 8, 8, new Window2d(2, 2).WithDilation(2)))).Message.ShouldContain("dilation");
    }
}
