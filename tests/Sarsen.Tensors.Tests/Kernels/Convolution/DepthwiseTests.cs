using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>The kernels of single channels, on every vector width, against the plain definitions.</summary>
public sealed unsafe class DepthwiseTests
{
    private static readonly Dictionary<string, Conv2dShape> s_shapes = new()
    {
        ["3 × 3 padded"] = new(2, 3, 9, 20, 3, new Window2d(3, 3).WithPadding(1), groups: 3),
        ["3 × 3, small pictures"] = new(5, 4, 7, 7, 4, new Window2d(3, 3).WithPadding(1), groups: 4),
        ["3 × 3, fewer rows than a tile"] = new(2, 2, 5, 17, 2, new Window2d(3, 3), groups: 2),
        ["3 × 3, one place"] = new(2, 2, 3, 3, 2, new Window2d(3, 3), groups: 2),
        ["3 × 3, whole blocks"] = new(2, 2, 8, 32, 2, new Window2d(3, 3).WithPadding(1), groups: 2),
        ["3 × 3 with stride"] = new(2, 3, 14, 19, 3, new Window2d(3, 3).WithPadding(1).WithStride(2), groups: 3),
        ["3 × 3, rows with stride"] = new(1, 2, 11, 6, 2, new Window2d(3, 3) { StrideHeight = 3, PadTop = 2 }, groups: 2),
        ["3 × 3, columns apart"] = new(1, 2, 11, 25, 2, new Window2d(3, 3) { DilationWidth = 2, PadLeft = 1, PadRight = 3 }, groups: 2),
        ["3 × 3, rows apart"] = new(1, 2, 11, 25, 2, new Window2d(3, 3) { DilationHeight = 3 }, groups: 2),
        ["5 × 4"] = new(2, 3, 12, 18, 3, new Window2d(5, 4).WithPadding(2), groups: 3),
        ["1 × 7"] = new(2, 2, 1, 40, 2, new Window2d(1, 7) { PadLeft = 6 }, groups: 2),
        ["3 × 1"] = new(2, 2, 9, 1, 2, new Window2d(3, 1) { PadTop = 1 }, groups: 2),
        ["1 × 1 with stride"] = new(2, 3, 7, 8, 3, new Window2d(1, 1).WithStride(2), groups: 3),
        ["stride, dilation and padding that differ"] = new(2, 2, 13, 14, 2, new Window2d(3, 2) { StrideHeight = 2, StrideWidth = 3, DilationHeight = 2, DilationWidth = 3, PadLeft = 4, PadBottom = 1 }, groups: 2),
        ["stride longer than the window"] = new(2, 2, 13, 14, 2, new Window2d(2, 2).WithStride(4), groups: 2),
        ["padding wider than the picture"] = new(2, 2, 2, 1, 2, new Window2d(2, 2).WithPadding(4), groups: 2),
        ["three filters a channel"] = new(2, 3, 9, 10, 9, new Window2d(3, 3).WithPadding(1), groups: 3),
        ["two filters a channel with stride"] = new(2, 3, 9, 10, 6, new Window2d(3, 2).WithStride(2), groups: 3),
        ["3 × 3 padded, a last band of few rows"] = new(1, 2, 47, 130, 2, new Window2d(3, 3).WithPadding(1), groups: 2),
        ["3 × 3 padded, two filters a channel"] = new(2, 3, 9, 37, 6, new Window2d(3, 3).WithPadding(1), groups: 3),
        ["several bands"] = new(1, 2, 90, 130, 2, new Window2d(3, 3).WithPadding(1), groups: 2),
        ["several bands with stride"] = new(1, 2, 150, 131, 2, new Window2d(5, 3).WithPadding(2).WithStride(2), groups: 2),
        ["many pictures"] = new(200, 2, 6, 5, 2, new Window2d(3, 3), groups: 2),
        ["no pictures"] = new(0, 2, 6, 5, 2, new Window2d(3, 3), groups: 2),
    };

    public static TheoryData<string> Shapes() => [.. s_shapes.Keys];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryPathEqualsTheReference(string name)
    {
        Conv2dShape shape = s_shapes[name];
        DepthwiseConvolution.Fits(shape).ShouldBeTrue();
        long images = shape.Batch * shape.Channels * shape.Plane, results = shape.Batch * shape.Filters * shape.OutPlane;
        float[] x = Widths.Normal(images, "x"), weight = Widths.Normal(shape.WeightCount, "w"), bias = Widths.Normal(shape.Filters, "b"), dy = Widths.Normal(results, "dy");
        float[] y = new float[results], dx = new float[images], dweight = new float[shape.WeightCount];
        fixed (float* px = x, pw = weight, pb = bias, pdy = dy, py = y, pdx = dx, pdw = dweight)
        {
            Conv2d.ReferenceForward(shape, px, pw, pb, py);
            Conv2d.ReferenceBackwardData(shape, pw, pdy, pdx);
            Conv2d.ReferenceBackwardWeight(shape, px, pdy, pdw);
        }
        Workers three = Workers.Start(3);
        foreach (Workers workers in new[] { Workers.Serial, three })
        {
            KernelMemory.Agree($"y of {name}", memory =>
            {
                float* to = memory.New(results, float.NaN);
                DepthwiseConvolution convolution = DepthwiseConvolution.Forward(shape);
                convolution.Run(memory.Put(x), memory.Put(weight), to, new RowBias(memory.Put(bias)), workers, Scratch(memory, convolution.WorkspaceBytes(workers.Count)));
                return KernelMemory.Read(to, results);
            }).ShouldBe(y);
            KernelMemory.Agree($"dx of {name}", memory =>
            {
                float* to = memory.New(images, float.NaN);
                DepthwiseConvolution convolution = DepthwiseConvolution.BackwardData(shape);
                convolution.Run(memory.Put(dy), memory.Put(weight), to, default(NoEpilogue), workers, Scratch(memory, convolution.WorkspaceBytes(workers.Count)));
                return KernelMemory.Read(to, images);
            }).ShouldBe(dx);
            KernelMemory.Agree($"dweight of {name}", memory =>
            {
                float* to = memory.New(shape.WeightCount, float.NaN);
                Conv2d.BackwardWeight(shape, memory.Put(x), memory.Put(dy), to, workers, Scratch(memory, Conv2d.BackwardWeightWorkspaceBytes(shape, workers)));
                return KernelMemory.Read(to, shape.WeightCount);
            }).ShouldBe(dweight);
        }
        three.Stop();
    }

    /// <summary>The weight's gradient has an order of its own: in f64 both orders give the same.</summary>
    [Theory]
    [MemberData(nameof(Shapes))]
    public void TheWeightGradientIsThatOfTheFormula(string name)
    {
        Conv2dShape shape = s_shapes[name];
        float[] x = Widths.Normal(shape.Batch * shape.Channels * shape.Plane, "x"), dy = Widths.Normal(shape.Batch * shape.Filters * shape.OutPlane, "dy");
        double[] wideX = KernelMemory.Wide(x), wideDy = KernelMemory.Wide(dy), dweight = new double[shape.WeightCount];
        fixed (double* px = wideX, pdy = wideDy, pdw = dweight)
            Conv2d.ReferenceBackwardWeight(shape, px, pdy, pdw);

        // ⟨conv(x, e), dy⟩ for each weight e alone.
        double[] one = new double[shape.WeightCount], y = new double[dy.Length];
        for (int k = 0; k < one.Length; k++)
        {
            one[k] = 1;
            fixed (double* px = wideX, pw = one, py = y)
                Conv2d.ReferenceForward(shape, px, pw, null, py);
            dweight[k].ShouldBe(y.Zip(wideDy).Sum(pair => pair.First * pair.Second), 1e-9);
            one[k] = 0;
        }
    }

    [Fact]
    public void TheActivationSeesFilterAndPlace()
    {
        Conv2dShape shape = s_shapes["several bands"];
        float[] x = Widths.Normal(shape.Channels * shape.Plane, "x"), weight = new float[shape.WeightCount], y = new float[shape.Filters * shape.OutPlane];
        byte[] workspace = new byte[Conv2d.ForwardWorkspaceBytes(shape, Workers.Serial) + 64];
        fixed (float* px = x, pw = weight, py = y)
        fixed (byte* scratch = workspace)
            Conv2d.Forward(shape, px, pw, null, py, default(PlaceEpilogue), Workers.Serial, (void*)(((nint)scratch + 63) & ~63));
        for (int i = 0; i < y.Length; i++)
            y[i].ShouldBe((i / (int)shape.OutPlane * 1_000_000) + (i % (int)shape.OutPlane));
    }

    private readonly struct PlaceEpilogue : IEpilogue
    {
        public void Apply(float* c, nint count, nint row, nint column)
        {
            for (nint i = 0; i < count; i++)
                c[i] += (row * 1_000_000) + column + i;
        }
    }

    [Fact]
    public void DenseAndOddConvolutionsAreLeftToOthers()
    {
        DepthwiseConvolution.Takes(new Conv2dShape(1, 1, 9, 9, 8, new Window2d(3, 3))).ShouldBeFalse();
        DepthwiseConvolution.Takes(new Conv2dShape(1, 4, 9, 9, 4, new Window2d(3, 3), groups: 2)).ShouldBeFalse();
        DepthwiseConvolution.Takes(new Conv2dShape(1, 4, 9, 9, 4, new Window2d(3, 3), groups: 4)).ShouldBeTrue();
        DepthwiseConvolution.Takes(new Conv2dShape(1, 4, 9, 9, 4, new Window2d(5, 5), groups: 4)).ShouldBeFalse();
        DepthwiseWeightGradient.Takes(new Conv2dShape(1, 4, 9, 9, 4, new Window2d(5, 5), groups: 4)).ShouldBeTrue();
        DepthwiseWeightGradient.Takes(new Conv2dShape(1, 4, 99, 99, 4, new Window2d(20, 20), groups: 4)).ShouldBeFalse();
        DepthwiseConvolution.Takes(new Conv2dShape(1, 4, 3, 1 << 20, 4, new Window2d(3, 3), groups: 4)).ShouldBeFalse();
    }

    private static byte* Scratch(KernelMemory memory, long bytes) => memory.New<byte>(bytes, 0xff);
}
