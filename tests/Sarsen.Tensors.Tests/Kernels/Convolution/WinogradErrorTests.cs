using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;
using Xunit.Abstractions;

namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>How far results are from those in f64, beside plain sums of f32: what docs/decisions/0004 says.</summary>
public sealed unsafe class WinogradErrorTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(4, 32, 16, 5)]
    [InlineData(4, 64, 16, 5)]
    [InlineData(4, 128, 16, 5)]
    [InlineData(4, 256, 16, 5)]
    [InlineData(2, 128, 4, 2)]
    [InlineData(2, 256, 4, 2)]
    public void The_error_is_a_small_multiple_of_that_of_plain_sums(int tile, int channels, int size, double most)
    {
        var shape = new Conv2dShape(1, channels, size, size, 16, new Window2d(3, 3).WithPadding(1));
        WinogradConvolution.TileOf(shape, isGradient: false).ShouldBe(tile);
        float[] x = Widths.Normal(shape.Batch * channels * shape.Plane, "x"), weight = Widths.Normal(shape.WeightCount, "weight");
        double[] exact = new double[shape.Filters * shape.OutPlane];
        fixed (double* px = KernelMemory.Wide(x), pw = KernelMemory.Wide(weight), py = exact)
            Conv2d.ReferenceForward(shape, px, pw, null, py);
        double error = Error(shape, x, weight, exact), plain = Error(shape with { PlainSums = true }, x, weight, exact), scale = Math.Sqrt(exact.Average(y => y * y));
        output.WriteLine($"F({tile} x {tile}, 3 x 3), {channels} channels: {error / scale:0.0e0} of the results, {error / plain:0.0} times that of plain sums");
        (error / plain).ShouldBeLessThan(most);
        (error / scale).ShouldBeLessThan(2e-6);
    }

    /// <summary>The root of the mean square.</summary>
    private static double Error(in Conv2dShape shape, float[] x, float[] weight, double[] exact)
    {
        using var workspace = new GuardedBuffer<byte>(Conv2d.ForwardWorkspaceBytes(shape, Workers.Serial));
        float[] y = new float[exact.Length];
        fixed (float* px = x, pw = weight, py = y)
            Conv2d.Forward(shape, px, pw, null, py, Workers.Serial, workspace.Pointer);
        return Math.Sqrt(y.Zip(exact, (actual, expected) => Math.Pow(actual - expected, 2)).Average());
    }
}
