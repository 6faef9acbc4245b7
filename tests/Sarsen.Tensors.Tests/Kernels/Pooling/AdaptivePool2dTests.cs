using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public sealed unsafe class AdaptivePool2dTests
{
    private static readonly AdaptivePool2dShape[] s_shapes =
    [
        new(3, 5, 7, 2, 3), new(40, 31, 23, 7, 7), new(2, 3, 3, 5, 4), new(6, 1, 9, 1, 1), new(0, 4, 4, 2, 2), new(2, 8, 8, 4, 2),
    ];

    [Fact]
    public void WindowsCoverThePictureAndTheSameBitsComeOfAnyNumberOfThreads()
    {
        Workers workers = Workers.Start(3);
        foreach (AdaptivePool2dShape shape in s_shapes)
        {
            using var x = new GuardedBuffer<float>(shape.Planes * shape.Plane);
            using var y = new GuardedBuffer<float>(shape.Planes * shape.OutPlane);
            using var indices = new GuardedBuffer<int>(y.Count);
            MatMulTests.Fill(x.Span, 3);
            foreach (Workers who in new[] { Workers.Serial, workers })
            {
                y.Span.Fill(77);
                AdaptiveMaxPool2d.Forward(shape, x.Pointer, y.Pointer, indices.Pointer, who);
                Check(shape, x, (o, window) =>
                {
                    y.Span[o].ShouldBe(window.Max());
                    x.Span[(o / (int)shape.OutPlane * (int)shape.Plane) + indices.Span[o]].ShouldBe(y.Span[o]);
                });
                AdaptiveAvgPool2d.Forward(shape, x.Pointer, y.Pointer, who);
                Check(shape, x, (o, window) => y.Span[o].ShouldBe(window.Aggregate(0f, (a, b) => a + b) / window.Length));
            }
        }
        workers.Stop();
    }

    [Fact]
    public void AveragesAreThePlainOnesOnAllPaths()
    {
        foreach (AdaptivePool2dShape shape in (AdaptivePool2dShape[])[.. s_shapes, new(17, 3, 150, 2, 3), new(16, 9, 12, 1, 1), new(23, 4, 200, 3, 130), new(8, 2, 5, 4, 7)])
        {
            float[] x = Widths.Normal(shape.Planes * shape.Plane, "x"), dy = Widths.Normal(shape.Planes * shape.OutPlane, "dy");
            float[] all = KernelMemory.Agree(shape.ToString(), memory =>
            {
                float* y = memory.Result<float>(dy.Length), plain = memory.Result<float>(dy.Length), dx = memory.Result<float>(x.Length), px = memory.Put(x);
                AdaptiveAvgPool2d.Forward(shape, px, y, Workers.Serial);
                AdaptiveAvgPool2d.Reference(shape, px, plain, Workers.Serial);
                AdaptiveAvgPool2d.Backward(shape, memory.Put(dy), dx, Workers.Serial);
                Widths.FirstDifference(KernelMemory.Read(plain, dy.Length), KernelMemory.Read(y, dy.Length)).ShouldBe(-1, shape.ToString());
                return KernelMemory.Read(dx, x.Length);
            });
            Widths.FirstDifference(Shares(shape, dy), all).ShouldBe(-1, shape.ToString());
        }
    }

    [Fact]
    public void MaximaAreThePlainOnesOnAllPaths()
    {
        foreach (AdaptivePool2dShape shape in (AdaptivePool2dShape[])[.. s_shapes, new(17, 3, 150, 2, 3), new(16, 9, 12, 1, 1), new(23, 4, 200, 3, 130)])
        {
            // Many are equal, and some are not a number.
            float[] x = [.. Widths.Normal(shape.Planes * shape.Plane, "x").Select((v, i) => i % 97 == 5 ? float.NaN : MathF.Round(v))];
            long results = shape.Planes * shape.OutPlane;
            KernelMemory.Agree(shape.ToString(), memory =>
            {
                float* y = memory.Result<float>(results), plain = memory.Result<float>(results), px = memory.Put(x);
                int* at = memory.Result<int>(results), plainAt = memory.Result<int>(results);
                AdaptiveMaxPool2d.Forward(shape, px, y, at, Workers.Serial);
                AdaptiveMaxPool2d.Reference(shape, px, plain, plainAt, Workers.Serial);
                KernelMemory.Read(at, results).ShouldBe(KernelMemory.Read(plainAt, results), shape.ToString());
                Widths.FirstDifference(KernelMemory.Read(plain, results), KernelMemory.Read(y, results)).ShouldBe(-1, shape.ToString());
                return KernelMemory.Read(y, results);
            });
        }
    }

    /// <summary>dx by the definition: each window's share to each of its elements, from zero.</summary>
    private static float[] Shares(in AdaptivePool2dShape shape, float[] dy)
    {
        float[] dx = new float[shape.Planes * shape.Plane];
        for (int o = 0; o < dy.Length; o++)
        {
            int plane = o / (int)shape.OutPlane, place = o % (int)shape.OutPlane;
            (nint top, nint bottom) = shape.Rows(place / (int)shape.OutWidth);
            (nint left, nint right) = shape.Columns(place % (int)shape.OutWidth);
            for (nint at = top * (nint)shape.Width; at < bottom * (nint)shape.Width; at += (nint)shape.Width)
            {
                for (nint w = left; w < right; w++)
                    dx[(plane * shape.Plane) + at + w] += dy[o] / ((bottom - top) * (right - left));
            }
        }
        return dx;
    }

    private static void Check(in AdaptivePool2dShape shape, GuardedBuffer<float> x, Action<int, float[]> result)
    {
        (int height, int width, int rows, int columns) = ((int)shape.Height, (int)shape.Width, (int)shape.OutHeight, (int)shape.OutWidth);
        for (int o = 0; o < shape.Planes * shape.OutPlane; o++)
        {
            (int plane, int oh, int ow) = (o / (rows * columns), o / columns % rows, o % columns);
            (int top, int bottom) = ((int)Math.Floor(oh * height / (double)rows), (int)Math.Ceiling((oh + 1) * height / (double)rows));
            (int left, int right) = ((int)Math.Floor(ow * width / (double)columns), (int)Math.Ceiling((ow + 1) * width / (double)columns));
            var window = new List<float>();
            for (int h = top; h < bottom; h++)
                window.AddRange(x.Span.Slice((plane * height * width) + (h * width) + left, right - left));
            result(o, [.. window]);
        }
    }

    [Fact]
    public void NotANumberWins()
    {
        float[] x = [1, float.NaN, 3, 4];
        float y = 0;
        fixed (float* px = x)
            AdaptiveMaxPool2d.Forward(new AdaptivePool2dShape(1, 2, 2, 1, 1), px, &y, null, Workers.Serial);
        y.ShouldBe(float.NaN);
    }

    [Fact]
    public void ShapesThatDoNotFitAreRefused()
    {
        Should.Throw<ShapeException>(() => new AdaptivePool2dShape(1, 0, 4, 1, 1)).Message.ShouldContain("0 × 4");
        Should.Throw<ShapeException>(() => new AdaptivePool2dShape(1, 4, 4, 0, 1)).Message.ShouldContain("0 × 1");
        Should.Throw<ShapeException>(() => new AdaptivePool2dShape(1, 1 << 16, 1 << 16, 1, 1)).Message.ShouldContain("indices");
        Should.Throw<ShapeException>(() => new AdaptivePool2dShape(long.MaxValue, 4, 4, 1, 1));
    }
}
