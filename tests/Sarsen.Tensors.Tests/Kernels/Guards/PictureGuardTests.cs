using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Convolutions, poolings, paddings and interpolations: each size of a picture in turn, the others small.</summary>
public sealed unsafe class PictureGuardTests
{
    private static readonly Workers s_serial = Workers.Serial;
    private static readonly Window2d s_three = new Window2d(3, 3).WithPadding(1);
    private static readonly Window2d s_five = new Window2d(5, 5).WithPadding(2);

    private static readonly GuardedKernel[] s_kernels =
    [
        .. Sizes("3 × 3", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels, height, width, filters, s_three)),
        .. Sizes("5 × 5", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels, height, width, filters, s_five)),
        .. Sizes("1 × 1", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels, height, width, filters, new Window2d(1, 1))),
        .. Sizes("stride 2", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels, height, width, filters, s_three.WithStride(2))),
        .. Sizes("dilation 2", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels, height, width, filters, new Window2d(3, 2).WithDilation(2).WithPadding(2))),
        .. Sizes("two groups", (batch, channels, height, width, filters) => new Conv2dShape(batch, 2 * channels, height, width, 2 * filters, s_three, groups: 2)),
        .. Sizes("depthwise", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels + 1, height, width, channels + 1, s_three, groups: channels + 1), filters: false),
        .. Sizes("depthwise, stride 2", (batch, channels, height, width, filters) => new Conv2dShape(batch, channels + 1, height, width, channels + 1, s_five.WithStride(2), groups: channels + 1), filters: false),
        // Enough channels that Winograd's tiles are taken: of two results a side, and of four.
        new("convolution 16 to 17, 3 × 3, width", (m, n) => Convolution(m, new Conv2dShape(1, 16, 2, n, 17, s_three)), From: 1),
        new("convolution 16 to 16, 3 × 3, height", (m, n) => Convolution(m, new Conv2dShape(1, 16, n, 3, 16, s_three)), From: 1),
        new("convolution to 16, 3 × 3, channels", (m, n) => Convolution(m, new Conv2dShape(1, n, 4, 7, 16, s_three)), From: 1),
        new("convolution 16, 3 × 3, filters", (m, n) => Convolution(m, new Conv2dShape(1, 16, 4, 7, n, s_three)), From: 1),
        new("convolution, padding wider than the picture", (m, n) => Convolution(m, new Conv2dShape(1, 2, 2, n, 3, new Window2d(2, 3).WithPadding(3)))),
        .. Pools("2 × 2, stride 2", new Window2d(2, 2).WithStride(2), from: 2),
        .. Pools("1 × 2, stride 2", new Window1d(2, 2).OverOneRow, from: 2),
        .. Pools("3 × 3, padded", s_three, from: 1),
        .. Pools("3 × 2, stride 3", new Window2d(3, 2).WithStride(3) with { PadTop = 1, PadLeft = 1 }, from: 2),
        new("adaptive pooling, width", (m, n) => AdaptivePooling(m, new AdaptivePool2dShape(2, 3, n, 2, 7)), From: 1),
        new("adaptive pooling, width out", (m, n) => AdaptivePooling(m, new AdaptivePool2dShape(2, 3, 7, 2, n)), From: 1),
        new("adaptive pooling, height", (m, n) => AdaptivePooling(m, new AdaptivePool2dShape(2, n, 3, 7, 2)), From: 1),
        new("adaptive pooling, planes", (m, n) => AdaptivePooling(m, new AdaptivePool2dShape(n, 3, 4, 2, 2))),
        .. Enum.GetValues<PaddingMode>().SelectMany(mode => (GuardedKernel[])
        [
            new($"padding, {mode}, width", (m, n) => Padding(m, new Pad2dShape(2, 3, n, 1, 3, 2, 1, mode)), From: mode == PaddingMode.Constant ? 0 : 4),
            new($"padding, {mode}, height", (m, n) => Padding(m, new Pad2dShape(2, n, 3, 3, 1, 1, 2, mode)), From: mode == PaddingMode.Constant ? 0 : 4),
            new($"padding, {mode}, planes", (m, n) => Padding(m, new Pad2dShape(n, 4, 4, 1, 1, 2, 2, mode))),
        ]),
        new("padding, Replicate, left of any width", (m, n) => Padding(m, new Pad2dShape(2, 3, 2, 1, n, 2, 1, PaddingMode.Replicate))),
        .. ((ReadOnlySpan<(Interpolation By, bool Corners)>)[(Interpolation.Nearest, false), (Interpolation.Bilinear, false), (Interpolation.Bilinear, true)]).ToArray().SelectMany(rule => (GuardedKernel[])
        [
            new($"upsampling, {rule}, width", (m, n) => Upsampling(m, new Upsample2dShape(2, 3, n, 4, 9, rule.By, rule.Corners)), From: 1),
            new($"upsampling, {rule}, width out", (m, n) => Upsampling(m, new Upsample2dShape(2, 3, 9, 4, n, rule.By, rule.Corners)), From: 1),
            new($"upsampling, {rule}, height", (m, n) => Upsampling(m, new Upsample2dShape(2, n, 3, 9, 4, rule.By, rule.Corners)), From: 1),
            new($"upsampling, {rule}, planes", (m, n) => Upsampling(m, new Upsample2dShape(n, 2, 3, 4, 5, rule.By, rule.Corners))),
        ]),
    ];

    /// <summary>The lines for Winograd's tiles are about them.</summary>
    [Fact]
    public void Both_of_Winograds_tiles_are_among_the_convolutions()
    {
        WinogradConvolution.TileOf(new Conv2dShape(1, 16, 2, 100, 17, s_three), isGradient: false).ShouldBe(2);
        WinogradConvolution.TileOf(new Conv2dShape(1, 16, 100, 3, 16, s_three), isGradient: false).ShouldBe(4);
        WinogradConvolution.TileOf(new Conv2dShape(1, 100, 4, 7, 16, s_three), isGradient: true).ShouldBe(4);
        WinogradConvolution.TileOf(new Conv2dShape(1, 16, 4, 7, 100, s_three), isGradient: true).ShouldBe(4);
    }

    public static TheoryData<string> Names() => [.. s_kernels.Select(k => k.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_kernel_stays_inside_at_every_length(string name) => s_kernels.Single(k => k.Name == name).Check();

    private static IEnumerable<GuardedKernel> Sizes(string window, Func<int, int, int, int, int, Conv2dShape> shape, bool filters = true)
    {
        yield return new($"convolution {window}, width", (m, n) => Convolution(m, shape(2, 2, 4, n, 3)), From: 1);
        yield return new($"convolution {window}, height", (m, n) => Convolution(m, shape(2, 2, n, 4, 3)), From: 1);
        yield return new($"convolution {window}, batch", (m, n) => Convolution(m, shape(n, 1, 2, 3, 1)));
        yield return new($"convolution {window}, channels", (m, n) => Convolution(m, shape(1, n, 2, 3, 3)), From: 1);
        if (filters)
            yield return new($"convolution {window}, filters", (m, n) => Convolution(m, shape(1, 2, 2, 3, n)), From: 1);
    }

    private static IEnumerable<GuardedKernel> Pools(string window, Window2d of, int from)
    {
        yield return new($"pooling {window}, width", (m, n) => Pooling(m, new Pool2dShape(2, 4, n, of)), from);
        yield return new($"pooling {window}, width, rounded up", (m, n) => Pooling(m, new Pool2dShape(2, 4, n, of, ceilMode: true)), from);
        yield return new($"pooling {window}, height", (m, n) => Pooling(m, new Pool2dShape(2, n, 4, of)), Math.Max(from, (int)of.KernelHeight));
        yield return new($"pooling {window}, planes", (m, n) => Pooling(m, new Pool2dShape(n, 3, 2, of)));
    }

    private static void Convolution(KernelMemory memory, Conv2dShape shape)
    {
        MicroKernels kernels = MicroKernels.For(Widths.Set);
        long images = shape.Batch * shape.Channels * shape.Plane, results = shape.Batch * shape.Filters * shape.OutPlane;
        float* x = memory.Values(images), weight = memory.Values(shape.WeightCount), dy = memory.Values(results), bias = memory.Values(shape.Filters);
        Conv2d.RunForward(shape, x, weight, memory.Result<float>(results), new RowBias(bias), s_serial, memory.Scratch(Conv2d.ForwardWorkspaceBytes(shape, s_serial)), kernels);
        Conv2d.BackwardData(shape, weight, dy, memory.Result<float>(images), s_serial, memory.Scratch(Conv2d.BackwardDataWorkspaceBytes(shape, s_serial)), kernels);
        Conv2d.BackwardWeight(shape, x, dy, memory.Result<float>(shape.WeightCount), s_serial, memory.Scratch(Conv2d.BackwardWeightWorkspaceBytes(shape, s_serial)), kernels);
        Conv2d.BackwardBias(shape, dy, memory.Result<float>(shape.Filters), s_serial);
        var packed = (float*)memory.Scratch(Conv2d.PackedWeightBytes(shape));
        Conv2d.PackWeight(shape, weight, packed, s_serial);
        Conv2d.ForwardPacked(shape, x, packed, memory.Result<float>(results), new RowBias(bias), s_serial, memory.Scratch(Conv2d.ForwardPackedWorkspaceBytes(shape, s_serial)));
    }

    private static void Pooling(KernelMemory memory, Pool2dShape shape)
    {
        long images = shape.Planes * shape.Plane, results = shape.Planes * shape.OutPlane;
        float* x = memory.Values(images), dy = memory.Values(results);
        int* indices = memory.Result<int>(results);
        MaxPool2d.Forward(shape, x, memory.Result<float>(results), indices, s_serial);
        MaxPool2d.Forward(shape, x, memory.Result<float>(results), null, s_serial);
        MaxPool2d.Backward(shape, dy, indices, memory.Result<float>(images), s_serial);
        foreach (bool countIncludePad in (ReadOnlySpan<bool>)[false, true])
        {
            AvgPool2d.Forward(shape, x, memory.Result<float>(results), countIncludePad, s_serial);
            AvgPool2d.Backward(shape, dy, memory.Result<float>(images), countIncludePad, s_serial);
        }
    }

    private static void AdaptivePooling(KernelMemory memory, AdaptivePool2dShape shape)
    {
        long images = shape.Planes * shape.Plane, results = shape.Planes * shape.OutPlane;
        float* x = memory.Values(images), dy = memory.Values(results);
        int* indices = memory.Result<int>(results);
        AdaptiveMaxPool2d.Forward(shape, x, memory.Result<float>(results), indices, s_serial);
        AdaptiveMaxPool2d.Backward(shape, dy, indices, memory.Result<float>(images), s_serial);
        AdaptiveAvgPool2d.Forward(shape, x, memory.Result<float>(results), s_serial);
        AdaptiveAvgPool2d.Backward(shape, dy, memory.Result<float>(images), s_serial);
    }

    private static void Padding(KernelMemory memory, Pad2dShape shape)
    {
        long images = shape.Planes * shape.Plane, results = shape.Planes * shape.OutPlane;
        Pad2d.Forward(shape, memory.Values(images), memory.Result<float>(results), 0.5f, s_serial);
        Pad2d.Backward(shape, memory.Values(results), memory.Result<float>(images), s_serial);
    }

    private static void Upsampling(KernelMemory memory, Upsample2dShape shape)
    {
        long images = shape.Planes * shape.Plane, results = shape.Planes * shape.OutPlane;
        byte* workspace = memory.Scratch(Upsample2d.WorkspaceBytes<float>(shape, s_serial));
        Upsample2d.Forward(shape, memory.Values(images), memory.Result<float>(results), s_serial, workspace);
        Upsample2d.Backward(shape, memory.Values(results), memory.Result<float>(images), s_serial, workspace);
    }
}
