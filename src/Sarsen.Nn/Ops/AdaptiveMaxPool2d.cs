using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The largest element of each of a given number of windows of (N, C, H, W), as <see cref="AdaptivePool2dShape"/> cuts
/// them; dy goes to where it was, the first of equals.
/// </summary>
public sealed unsafe class AdaptiveMaxPool2dOp : Op
{
    internal static readonly AdaptiveMaxPool2dOp Instance = new();

    internal readonly record struct Use(long Height, long Width);

    public override string Name => "adaptive_max_pool2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        Shape result = AdaptivePool.Result("AdaptiveMaxPool2d", s.Inputs[0].Shape, s.Attributes<Use>().Height, s.Attributes<Use>().Width);
        s.Output(s.Inputs[0].DType, result);
        s.Save(DType.I32, result);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        AdaptivePool2dShape shape = AdaptivePool.Of(x.Shape, y.Shape[2], y.Shape[3]);
        int* indices = a.Saved.IsEmpty ? null : a.Saved[0].I32;
        if (x.DType == DType.F64)
            AdaptiveMaxPool2d.Forward(shape, x.F64, y.F64, indices, a.Workers);
        else
            AdaptiveMaxPool2d.Forward(shape, x.F32, y.F32, indices, a.Workers);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        AdaptivePool2dShape shape = AdaptivePool.Of(dx.Shape, dy.Shape[2], dy.Shape[3]);
        if (dx.DType == DType.F64)
            AdaptiveMaxPool2d.Backward(shape, dy.F64, a.Saved[0].I32, dx.F64, a.Workers);
        else
            AdaptiveMaxPool2d.Backward(shape, dy.F32, a.Saved[0].I32, dx.F32, a.Workers);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("overlapping", OpAttributes.Of(new Use(3, 2)), new SampleInput(new Shape(2, 2, 5, 3), SampleValues.Distinct)),
        new("larger than the picture", OpAttributes.Of(new Use(3, 5)), new SampleInput(new Shape(1, 2, 2, 3), SampleValues.Distinct)),
    ];
}

public static class AdaptiveMaxPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The largest element of each of <paramref name="height"/> × <paramref name="width"/> windows of (N, C, H, W).</summary>
        /// <exception cref="ShapeException">The input is no picture, or a size is out of range.</exception>
        public Tensor AdaptiveMaxPool2d(long height, long width) =>
            Dispatch.Run(AdaptiveMaxPool2dOp.Instance, OpAttributes.Of(new AdaptiveMaxPool2dOp.Use(height, width)), x);
    }
}
