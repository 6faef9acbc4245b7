using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The mean of each of a given number of windows of (N, C, H, W), as <see cref="AdaptivePool2dShape"/> cuts them.</summary>
public sealed unsafe class AdaptiveAvgPool2dOp : Op
{
    internal static readonly AdaptiveAvgPool2dOp Instance = new();

    internal readonly record struct Use(long Height, long Width);

    public override string Name => "adaptive_avg_pool2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        s.Output(s.Inputs[0].DType, AdaptivePool.Result("AdaptiveAvgPool2d", s.Inputs[0].Shape, s.Attributes<Use>().Height, s.Attributes<Use>().Width));
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        AdaptivePool2dShape shape = AdaptivePool.Of(x.Shape, y.Shape[2], y.Shape[3]);
        if (x.DType == DType.F64)
            AdaptiveAvgPool2d.Forward(shape, x.F64, y.F64, a.Workers);
        else
            AdaptiveAvgPool2d.Forward(shape, x.F32, y.F32, a.Workers);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        AdaptivePool2dShape shape = AdaptivePool.Of(dx.Shape, dy.Shape[2], dy.Shape[3]);
        if (dx.DType == DType.F64)
            AdaptiveAvgPool2d.Backward(shape, dy.F64, dx.F64, a.Workers);
        else
            AdaptiveAvgPool2d.Backward(shape, dy.F32, dx.F32, a.Workers);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("overlapping", OpAttributes.Of(new Use(3, 2)), new SampleInput(new Shape(2, 2, 5, 3))),
        new("larger than the picture", OpAttributes.Of(new Use(3, 5)), new SampleInput(new Shape(1, 2, 2, 3))),
    ];
}

/// <summary>What both kinds of pooling to a given size ask of their input.</summary>
internal static class AdaptivePool
{
    /// <exception cref="ShapeException">The input is no (N, C, H, W), or a size is out of range.</exception>
    public static Shape Result(string operation, in Shape x, long height, long width)
    {
        if (x.Rank != 4)
            throw new ShapeException($"{operation}: an input of (N, C, H, W) expected, it has the shape {x}");
        AdaptivePool2dShape shape = Of(x, height, width);
        return new Shape(x[0], x[1], shape.OutHeight, shape.OutWidth);
    }

    public static AdaptivePool2dShape Of(in Shape x, long height, long width) => new(x[0] * x[1], x[2], x[3], height, width);
}

public static class AdaptiveAvgPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of each of <paramref name="height"/> × <paramref name="width"/> windows of (N, C, H, W).</summary>
        /// <exception cref="ShapeException">The input is no picture, or a size is out of range.</exception>
        public Tensor AdaptiveAvgPool2d(long height, long width) => x.Rank == 4 && height == 1 && width == 1
            ? x.Flatten(2).Mean(-1).Reshape(x.Shape[0], x.Shape[1], 1, 1) // a whole plane is a row that sums sixteen wide
            : Dispatch.Run(AdaptiveAvgPool2dOp.Instance, OpAttributes.Of(new AdaptiveAvgPool2dOp.Use(height, width)), x);
    }
}
