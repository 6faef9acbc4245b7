using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The mean of each window of (N, C, H, W); what is counted stands with <see cref="AvgPool2d"/>.</summary>
public sealed unsafe class AvgPool2dOp : Op
{
    internal static readonly AvgPool2dOp Instance = new();

    internal readonly record struct Use(Window2d Window, bool CeilMode, bool CountIncludePad);

    public override string Name => "avg_pool2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        Use use = s.Attributes<Use>();
        Shape result = Pool.Result("AvgPool2d", s.Inputs[0].Shape, use.Window, use.CeilMode);
        AvgPool2d.Validate(Pool.Of(s.Inputs[0].Shape, use.Window, use.CeilMode));
        s.Output(s.Inputs[0].DType, result);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        Use use = a.Attributes<Use>();
        Pool2dShape shape = Pool.Of(x.Shape, use.Window, use.CeilMode);
        if (x.DType == DType.F64)
            AvgPool2d.Forward(shape, x.F64, y.F64, use.CountIncludePad, a.Workers);
        else
            AvgPool2d.Forward(shape, x.F32, y.F32, use.CountIncludePad, a.Workers);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        Use use = a.Attributes<Use>();
        Pool2dShape shape = Pool.Of(dx.Shape, use.Window, use.CeilMode);
        if (dx.DType == DType.F64)
            AvgPool2d.Backward(shape, dy.F64, dx.F64, use.CountIncludePad, a.Workers);
        else
            AvgPool2d.Backward(shape, dy.F32, dx.F32, use.CountIncludePad, a.Workers);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("2x2", OpAttributes.Of(new Use(new Window2d(2, 2).WithStride(2), false, true)), new SampleInput(new Shape(2, 2, 4, 5))),
        new("padding not counted", OpAttributes.Of(new Use(new Window2d(3, 3).WithPadding(1).WithStride(2), true, false)), new SampleInput(new Shape(1, 2, 4, 5))),
    ];
}

public static class AvgPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The mean of each window of (N, C, H, W).</summary>
        /// <exception cref="ShapeException">The window does not fit, or is dilated.</exception>
        public Tensor AvgPool2d(Window2d window, bool ceilMode = false, bool countIncludePad = true) =>
            Dispatch.Run(AvgPool2dOp.Instance, OpAttributes.Of(new AvgPool2dOp.Use(window, ceilMode, countIncludePad)), x);
    }
}
