using Sarsen.Tensors.Kernels;
using Sarsen.Tensors.Tests.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Tests.Kernels;

public sealed unsafe class Conv2dTests
{
    /// <summary>Tensors of a convolution in guarded memory, with the results of the reference.</summary>
    private sealed class Case : IDisposable
    {
        public readonly Conv2dShape Shape;
        private readonly GuardedBuffer<float> _x, _weight, _bias, _y, _dx, _dweight, _dbias;
        private readonly float[] _expectedY, _expectedDx, _expectedDweight, _expectedDbias;
        private readonly GuardedBuffer<float> _dy;

        public Case(Conv2dShape shape)
        {
            Shape = shape;
            _x = new(shape.Batch * shape.Channels * shape.Plane);
            _weight = new(shape.WeightCount);
            _bias = new(shape.Filters);
            _y = new(shape.Batch * shape.Filters * shape.OutPlane);
            _dy = new(_y.Count);
            _dx = new(_x.Count);
            _dweight = new(_weight.Count);
            _dbias = new(_bias.Count);
            MatMulTests.Fill(_x.Span, 1);
            MatMulTests.Fill(_weight.Span, 2);
            MatMulTests.Fill(_bias.Span, 3);
            MatMulTests.Fill(_dy.Span, 4);
            Conv2d.ReferenceForward(shape, _x.Pointer, _weight.Pointer, _bias.Pointer, _y.Pointer);
            Conv2d.ReferenceBackwardData(shape, _weight.Pointer, _dy.Pointer, _dx.Pointer);
            Conv2d.ReferenceBackwardWeight(shape, _x.Pointer, _dy.Pointer, _dweight.Pointer);
            Conv2d.ReferenceBackwardBias(shape, _dy.Pointer, _dbias.Pointer);
            (_expectedY, _expectedDx, _expectedDweight, _expectedDbias) = (_y.Span.ToArray(), _dx.Span.ToArray(), _dweight.Span.ToArray(), _dbias.Span.ToArray());
            UseScalarWinograd();
        }

        /// <summary>Where sums are not plain ones, the scalar path's results are the bits of all others, and near the reference.</summary>
        private void UseScalarWinograd()
        {
            MicroKernels scalar = MicroKernels.For(InstructionSet.Scalar);
            if (WinogradConvolution.Takes(Shape))
            {
                using var workspace = new GuardedBuffer<byte>(Conv2d.ForwardWorkspaceBytes(Shape, Workers.Serial));
                Conv2d.RunForward(Shape, _x.Pointer, _weight.Pointer, _y.Pointer, new RowBias(_bias.Pointer), Workers.Serial, workspace.Pointer, scalar);
                Near(_y.Span, _expectedY, "y");
                _y.Span.CopyTo(_expectedY);
            }
            if (WinogradConvolution.TakesGradient(Shape))
            {
                using var workspace = new GuardedBuffer<byte>(Conv2d.BackwardDataWorkspaceBytes(Shape, Workers.Serial));
                Conv2d.BackwardData(Shape, _weight.Pointer, _dy.Pointer, _dx.Pointer, Workers.Serial, workspace.Pointer, scalar);
                Near(_dx.Span, _expectedDx, "dx");
                _dx.Span.CopyTo(_expectedDx);
            }
            if (WinogradWeightGradient.Takes(Shape))
            {
                using var workspace = new GuardedBuffer<byte>(Conv2d.BackwardWeightWorkspaceBytes(Shape, Workers.Serial));
                Conv2d.BackwardWeight(Shape, _x.Pointer, _dy.Pointer, _dweight.Pointer, Workers.Serial, workspace.Pointer, scalar);
                Near(_dweight.Span, _expectedDweight, "dweight");
                _dweight.Span.CopyTo(_expectedDweight);
            }
        }

        private static void Near(ReadOnlySpan<float> actual, float[] expected, string what)
        {
            double tolerance = 4e-6 * expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++)
                Math.Abs(actual[i] - expected[i]).ShouldBeLessThan((float)tolerance, $"{what}[{i}]");
        }

        public void Check(Workers workers)
        {
            foreach (InstructionSet set in MatMulTests.Sets())
            {
                MicroKernels kernels = MicroKernels.For(set);
                string where = $"{set}, {workers.Count} threads, {Shape}";
                using (var workspace = new GuardedBuffer<byte>(Conv2d.ForwardWorkspaceBytes(Shape, workers)))
                {
                    Scramble(_y, workspace);
                    Conv2d.RunForward(Shape, _x.Pointer, _weight.Pointer, _y.Pointer, new RowBias(_bias.Pointer), workers, workspace.Pointer, kernels);
                    Same(_y, _expectedY, $"y: {where}");
                }
                using (var workspace = new GuardedBuffer<byte>(Conv2d.BackwardDataWorkspaceBytes(Shape, workers)))
                {
                    Scramble(_dx, workspace);
                    Conv2d.BackwardData(Shape, _weight.Pointer, _dy.Pointer, _dx.Pointer, workers, workspace.Pointer, kernels);
                    Same(_dx, _expectedDx, $"dx: {where}");
                }
                using (var workspace = new GuardedBuffer<byte>(Conv2d.BackwardWeightWorkspaceBytes(Shape, workers)))
                {
                    Scramble(_dweight, workspace);
                    Conv2d.BackwardWeight(Shape, _x.Pointer, _dy.Pointer, _dweight.Pointer, workers, workspace.Pointer, kernels);
                    Same(_dweight, _expectedDweight, $"dweight: {where}");
                }
            }
            CheckPacked(workers);
            _dbias.Span.Fill(9);
            Conv2d.BackwardBias(Shape, _dy.Pointer, _dbias.Pointer, workers);
            Same(_dbias, _expectedDbias, $"dbias: {Shape}");
        }

        private void CheckPacked(Workers workers)
        {
            using var packed = new GuardedBuffer<byte>(Conv2d.PackedWeightBytes(Shape));
            using var workspace = new GuardedBuffer<byte>(Conv2d.ForwardPackedWorkspaceBytes(Shape, workers));
            Conv2d.PackWeight(Shape, _weight.Pointer, (float*)packed.Pointer, workers);
            Scramble(_y, workspace);
            Conv2d.ForwardPacked(Shape, _x.Pointer, (float*)packed.Pointer, _y.Pointer, new RowBias(_bias.Pointer), workers, workspace.Pointer);
            Same(_y, _expectedY, $"y, packed: {workers.Count} threads, {Shape}");
        }

        /// <summary>What was there before must not matter.</summary>
        private static void Scramble(GuardedBuffer<float> result, GuardedBuffer<byte> workspace)
        {
            result.Span.Fill(float.NaN);
            workspace.Span.Fill(0xff);
        }

        private static void Same(GuardedBuffer<float> actual, float[] expected, string where)
        {
            if (!actual.Span.SequenceEqual(expected))
                Assert.Fail(where);
        }

        public void Dispose()
        {
            foreach (GuardedBuffer<float> buffer in new[] { _x, _weight, _bias, _y, _dy, _dx, _dweight, _dbias })
                buffer.Dispose();
        }
    }

    public static TheoryData<string> Shapes() => [.. s_shapes.Keys];

    private static readonly Dictionary<string, Conv2dShape> s_shapes = new()
    {
        ["3 × 3 padded"] = new(3, 2, 7, 9, 5, new Window2d(3, 3).WithPadding(1)),
        ["first layer"] = new(17, 1, 10, 10, 20, new Window2d(5, 5)),
        ["1 × 1"] = new(3, 20, 5, 7, 17, new Window2d(1, 1)),
        ["1 × 1, small pictures"] = new(9, 6, 2, 2, 5, new Window2d(1, 1)),
        ["1 × 1 with stride"] = new(2, 3, 7, 6, 4, new Window2d(1, 1).WithStride(2)),
        ["stride and dilation"] = new(2, 3, 11, 12, 4, new Window2d(3, 2) { StrideHeight = 2, StrideWidth = 3, DilationHeight = 2, DilationWidth = 3, PadLeft = 4, PadBottom = 1 }),
        ["groups"] = new(5, 6, 6, 5, 9, new Window2d(2, 3).WithPadding(1), groups: 3),
        ["depthwise"] = new(4, 7, 8, 6, 7, new Window2d(3, 3).WithPadding(1), groups: 7),
        ["depthwise with two filters a channel"] = new(2, 5, 6, 6, 10, new Window2d(3, 3).WithStride(2), groups: 5),
        ["padding wider than the picture"] = new(2, 2, 2, 1, 3, new Window2d(2, 2).WithPadding(4)),
        ["one row, one column"] = new(40, 3, 1, 1, 2, new Window2d(1, 1)),
        ["more positions than a block"] = new(2, 2, 50, 49, 3, new Window2d(3, 3).WithPadding(1)),
        ["more weights than a span"] = new(4, 90, 4, 4, 90, new Window2d(3, 3).WithPadding(1)),
        ["large enough to stay, in rows"] = new(1, 40, 40, 60, 100, new Window2d(3, 3)),
        ["small planes, many filters"] = new(9, 40, 4, 4, 130, new Window2d(3, 3).WithPadding(1)),
        ["small odd planes"] = new(5, 70, 5, 3, 70, new Window2d(3, 3).WithPadding(1)),
        ["a stride that skips"] = new(3, 20, 9, 9, 15, new Window2d(1, 1).WithStride(3)),
        ["a stride with padding"] = new(5, 33, 9, 8, 40, new Window2d(3, 3).WithStride(2).WithPadding(1)),
        ["plain sums by request"] = new(2, 24, 9, 10, 33, new Window2d(3, 3).WithPadding(1)) { PlainSums = true },
        ["many spans"] = new(37, 3, 21, 20, 4, new Window2d(3, 3)),
        ["no pictures"] = new(0, 3, 5, 5, 4, new Window2d(3, 3)),
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryPathEqualsTheReference(string name)
    {
        using var test = new Case(s_shapes[name]);
        test.Check(Workers.Serial);
        Workers workers = Workers.Start(3);
        test.Check(workers);
        test.Check(workers.Take(2));
        workers.Stop();
    }

    [Fact]
    public void ResultsAndGradientsEqualPyTorchs()
    {
        foreach (Conv2dGolden golden in Conv2dGolden.All)
        {
            int[] s = golden.Sizes;
            var window = new Window2d(s[5], s[6])
            {
                StrideHeight = s[7],
                StrideWidth = s[8],
                PadTop = s[9],
                PadBottom = s[9],
                PadLeft = s[10],
                PadRight = s[10],
                DilationHeight = s[11],
                DilationWidth = s[12],
            };
            var shape = new Conv2dShape(s[0], s[1], s[2], s[3], s[4], window, s[13]);
            float[] y = new float[golden.Y.Length], dx = new float[golden.Dx.Length], dweight = new float[golden.Dweight.Length], dbias = new float[golden.Dbias.Length];
            byte[] workspace = new byte[Math.Max(Conv2d.ForwardWorkspaceBytes(shape, Workers.Serial), Math.Max(Conv2d.BackwardDataWorkspaceBytes(shape, Workers.Serial), Conv2d.BackwardWeightWorkspaceBytes(shape, Workers.Serial)))];
            fixed (float* px = golden.X, pw = golden.Weight, pb = golden.Bias, pdy = golden.Dy, py = y, pdx = dx, pdw = dweight, pdb = dbias)
            fixed (byte* scratch = workspace)
            {
                Conv2d.Forward(shape, px, pw, pb, py, Workers.Serial, scratch);
                Conv2d.BackwardData(shape, pw, pdy, pdx, Workers.Serial, scratch);
                Conv2d.BackwardWeight(shape, px, pdy, pdw, Workers.Serial, scratch);
                Conv2d.BackwardBias(shape, pdy, pdb, Workers.Serial);
            }
            y.ShouldBe(golden.Y);
            dx.ShouldBe(golden.Dx);
            dweight.ShouldBe(golden.Dweight);
            dbias.ShouldBe(golden.Dbias);
        }
    }

    [Theory]
    [InlineData(28)]
    [InlineData(6)]
    public void AnImageHasTheSameBitsAloneAndInABatch(int size)
    {
        var batch = new Conv2dShape(13, 5, size, size, 7, new Window2d(3, 3).WithPadding(1));
        var single = new Conv2dShape(1, 5, size, size, 7, new Window2d(3, 3).WithPadding(1));
        using var x = new GuardedBuffer<float>(13 * 5 * size * size);
        using var weight = new GuardedBuffer<float>(batch.WeightCount);
        using var y = new GuardedBuffer<float>(13 * 7 * size * size);
        using var one = new GuardedBuffer<float>(7 * size * size);
        using var workspace = new GuardedBuffer<byte>(Math.Max(Conv2d.ForwardWorkspaceBytes(batch, Workers.Serial), Conv2d.ForwardWorkspaceBytes(single, Workers.Serial)));
        MatMulTests.Fill(x.Span, 1);
        MatMulTests.Fill(weight.Span, 2);
        Conv2d.Forward(batch, x.Pointer, weight.Pointer, null, y.Pointer, Workers.Serial, workspace.Pointer);
        for (int n = 0; n < 13; n++)
        {
            Conv2d.Forward(single, x.Pointer + (n * 5 * size * size), weight.Pointer, null, one.Pointer, Workers.Serial, workspace.Pointer);
            one.Span.SequenceEqual(y.Span.Slice(n * 7 * size * size, 7 * size * size)).ShouldBeTrue();
        }
    }

    [Fact]
    public void TheActivationFollowsTheBias()
    {
        Conv2dShape shape = s_shapes["groups"];
        using var x = new GuardedBuffer<float>(shape.Batch * shape.Channels * shape.Plane);
        using var weight = new GuardedBuffer<float>(shape.WeightCount);
        using var bias = new GuardedBuffer<float>(shape.Filters);
        using var y = new GuardedBuffer<float>(shape.Batch * shape.Filters * shape.OutPlane);
        using var workspace = new GuardedBuffer<byte>(Conv2d.ForwardWorkspaceBytes(shape, Workers.Serial));
        MatMulTests.Fill(x.Span, 1);
        MatMulTests.Fill(weight.Span, 2);
        MatMulTests.Fill(bias.Span, 3);
        Conv2d.ReferenceForward(shape, x.Pointer, weight.Pointer, bias.Pointer, y.Pointer);
        float[] expected = [.. y.Span.ToArray().Select(v => v < 0 ? 0 : v)];
        Conv2d.Forward(shape, x.Pointer, weight.Pointer, bias.Pointer, y.Pointer, default(ReluEpilogue), Workers.Serial, workspace.Pointer);
        y.Span.ToArray().ShouldBe(expected);
    }

    [Fact]
    public void ShapesThatDoNotFitAreRefusedWithTheirNumbers()
    {
        Should.Throw<ShapeException>(() => new Conv2dShape(1, 1, 4, 4, 1, new Window2d(5, 5))).Message.ShouldContain("5 × 5");
        Should.Throw<ShapeException>(() => new Conv2dShape(1, 4, 4, 4, 6, new Window2d(1, 1), groups: 3)).Message.ShouldContain("3 groups");
        Should.Throw<ShapeException>(() => new Conv2dShape(1, 1, 4, 4, 1, new Window2d(1, 1).WithStride(0))).Message.ShouldContain("stride");
        Should.Throw<ShapeException>(() => new Conv2dShape(1, 1, 4, 4, 1, new Window2d(1, 1).WithPadding(-1))).Message.ShouldContain("padding");
        Should.Throw<ShapeException>(() => new Conv2dShape(1, 1, 4, 4, 1, new Window2d(1, 1).WithPadding(long.MaxValue))).Message.ShouldContain("padding");
        Should.Throw<ShapeException>(() => new Conv2dShape(-1, 1, 4, 4, 1, new Window2d(1, 1)));
        Should.Throw<ShapeException>(() => new Conv2dShape(1 << 20, 1 << 20, 4, 4, 1, new Window2d(1, 1))).Message.ShouldContain("smaller");
        var shape = new Conv2dShape(2, 3, 10, 9, 4, new Window2d(3, 3) { StrideWidth = 2, PadTop = 1 });
        (shape.OutHeight, shape.OutWidth).ShouldBe((9, 4));
    }
}
