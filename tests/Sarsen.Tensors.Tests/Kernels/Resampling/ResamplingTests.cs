using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Padding and upsampling are linear: backward is the transpose of forward, and neither leaves its buffers.</summary>
public sealed unsafe class ResamplingTests
{
    private delegate void Kernel(float* from, float* to, Workers workers);

    [Theory]
    [InlineData(PaddingMode.Constant)]
    [InlineData(PaddingMode.Reflect)]
    [InlineData(PaddingMode.Replicate)]
    public void PaddingGoesThereAndBack(PaddingMode mode)
    {
        Workers workers = Workers.Start(3);
        foreach (int width in new[] { 4, 5, 16, 33, 60 })
        {
            var shape = new Pad2dShape(7, 6, width, 2, 3, 5, 1, mode);
            Transpose($"{mode} {width}", workers, shape.Planes * shape.Plane, shape.Planes * shape.OutPlane,
                (x, y, who) => Pad2d.Forward(shape, x, y, 0, who), (dy, dx, who) => Pad2d.Backward(shape, dy, dx, who));
        }
        workers.Stop();
    }

    [Theory]
    [InlineData(Interpolation.Nearest, false)]
    [InlineData(Interpolation.Bilinear, false)]
    [InlineData(Interpolation.Bilinear, true)]
    public void UpsamplingGoesThereAndBack(Interpolation interpolation, bool alignCorners)
    {
        Workers workers = Workers.Start(3);
        foreach ((int height, int width) in new[] { (1, 1), (3, 50), (12, 9), (5, 4), (40, 33) })
        {
            var shape = new Upsample2dShape(9, 5, 7, height, width, interpolation, alignCorners);
            byte[] memory = new byte[Upsample2d.WorkspaceBytes<float>(shape, workers)];
            fixed (byte* workspace = memory)
            {
                byte* scratch = workspace;
                Transpose(shape.ToString(), workers, shape.Planes * shape.Plane, shape.Planes * shape.OutPlane,
                    (x, y, who) => Upsample2d.Forward(shape, x, y, who, scratch), (dy, dx, who) => Upsample2d.Backward(shape, dy, dx, who, scratch));
            }
        }
        workers.Stop();
    }

    [Theory]
    [InlineData(Interpolation.Nearest, false)]
    [InlineData(Interpolation.Bilinear, false)]
    [InlineData(Interpolation.Bilinear, true)]
    public void UpsamplingIsThePlainOneOnAllPaths(Interpolation interpolation, bool alignCorners)
    {
        foreach (int planes in (int[])[3, 6, 16, 18])
        {
            foreach ((int height, int width, int outHeight, int outWidth) in new[] { (1, 1, 3, 20), (3, 20, 6, 40), (4, 17, 12, 51), (5, 7, 8, 12), (20, 70, 11, 30), (2, 16, 4, 32) })
                CheckUpsampling(new Upsample2dShape(planes, height, width, outHeight, outWidth, interpolation, alignCorners));
        }
    }

    private static void CheckUpsampling(Upsample2dShape shape)
    {
        float[] x = Widths.Normal(shape.Planes * shape.Plane, "x"), dy = Widths.Normal(shape.Planes * shape.OutPlane, "dy");
        float[] all = KernelMemory.Agree(shape.ToString(), memory =>
        {
            float* y = memory.Result<float>(dy.Length), dx = memory.Result<float>(x.Length);
            byte* scratch = memory.Scratch(Upsample2d.WorkspaceBytes<float>(shape, Workers.Serial));
            Upsample2d.Forward(shape, memory.Put(x), y, Workers.Serial, scratch);
            Upsample2d.Backward(shape, memory.Put(dy), dx, Workers.Serial, scratch);
            return [.. KernelMemory.Read(y, dy.Length), .. KernelMemory.Read(dx, x.Length)];
        });
        float[] plain = KernelMemory.Agree(shape.ToString(), memory =>
        {
            float* y = memory.Result<float>(dy.Length), dx = memory.Result<float>(x.Length);
            byte* scratch = memory.Scratch(Upsample2d.WorkspaceBytes<float>(shape, Workers.Serial));
            Upsample2d.Reference(shape, memory.Put(x), y, isBackward: false, Workers.Serial, scratch);
            Upsample2d.Reference(shape, memory.Put(dy), dx, isBackward: true, Workers.Serial, scratch);
            return [.. KernelMemory.Read(y, dy.Length), .. KernelMemory.Read(dx, x.Length)];
        });
        Widths.FirstDifference(plain, all).ShouldBe(-1, shape.ToString());
    }

    private static void Transpose(string what, Workers workers, long inputs, long outputs, Kernel forward, Kernel backward)
    {
        using var x = new GuardedBuffer<float>(inputs);
        using var dx = new GuardedBuffer<float>(inputs);
        using var y = new GuardedBuffer<float>(outputs);
        using var dy = new GuardedBuffer<float>(outputs);
        MatMulTests.Fill(x.Span, 1);
        MatMulTests.Fill(dy.Span, 2);
        forward(x.Pointer, y.Pointer, Workers.Serial);
        backward(dy.Pointer, dx.Pointer, Workers.Serial);
        (float[] onceY, float[] onceDx) = (y.Span.ToArray(), dx.Span.ToArray());
        y.Span.Fill(float.NaN);
        dx.Span.Fill(float.NaN);
        forward(x.Pointer, y.Pointer, workers);
        backward(dy.Pointer, dx.Pointer, workers);

        y.Span.SequenceEqual(onceY).ShouldBeTrue(what);
        dx.Span.SequenceEqual(onceDx).ShouldBeTrue(what);
        double there = onceY.Zip(dy.Span.ToArray()).Sum(p => (double)p.First * p.Second), back = onceDx.Zip(x.Span.ToArray()).Sum(p => (double)p.First * p.Second);
        there.ShouldBe(back, 1e-4 * Math.Max(1, outputs / 100.0), what);
    }

    [Fact]
    public void ShapesThatDoNotFitAreRefused()
    {
        Should.Throw<ShapeException>(() => new Pad2dShape(1, 4, 4, -1, 0, 0, 0, PaddingMode.Constant)).Message.ShouldContain("top -1");
        Should.Throw<ShapeException>(() => new Pad2dShape(1, 4, 4, 4, 0, 0, 0, PaddingMode.Reflect)).Message.ShouldContain("reflects more");
        Should.Throw<ShapeException>(() => new Pad2dShape(1, 0, 4, 1, 0, 0, 0, PaddingMode.Replicate)).Message.ShouldContain("no edge");
        Should.Throw<ShapeException>(() => new Pad2dShape(1, 4, 4, int.MaxValue, 0, int.MaxValue, 0, PaddingMode.Constant)).Message.ShouldContain("at most");
        Should.Throw<ShapeException>(() => new Upsample2dShape(1, 4, 4, 0, 4, Interpolation.Nearest)).Message.ShouldContain("0 × 4");
        Should.Throw<ShapeException>(() => new Upsample2dShape(1, 4, 4, 8, 8, Interpolation.Nearest, alignCorners: true)).Message.ShouldContain("bilinear");
        Should.Throw<ShapeException>(() => ConvTranspose2d.ShapeOf(1, 2, 3, 3, 2, new Window2d(1, 1).WithPadding(long.MaxValue), 1, 0, 0)).Message.ShouldContain("padding");
        Should.Throw<ShapeException>(() => ConvTranspose2d.ShapeOf(1, 2, long.MaxValue, 3, 2, new Window2d(3, 3), 1, 0, 0)).Message.ShouldContain("picture");
        Should.Throw<ShapeException>(() => ConvTranspose2d.ShapeOf(1, 2, 3, 3, 2, new Window2d(3, 3), 1, 1, 0)).Message.ShouldContain("output padding");
    }
}
