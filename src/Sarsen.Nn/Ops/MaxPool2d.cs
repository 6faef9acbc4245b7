using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The largest element under each window of (N, C, H, W); dy goes to where it was, the first of equals. Rules of ties,
/// padding and not-a-number stand with <see cref="MaxPool2d"/>.
/// </summary>
public sealed unsafe class MaxPool2dOp : Op
{
    internal static readonly MaxPool2dOp Instance = new();

    internal readonly record struct Use(Window2d Window, bool CeilMode);

    public override string Name => "max_pool2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        Use use = s.Attributes<Use>();
        Shape result = Pool.Result("MaxPool2d", s.Inputs[0].Shape, use.Window, use.CeilMode);
        s.Output(s.Inputs[0].DType, result);
        s.Save(DType.I32, result);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        Use use = a.Attributes<Use>();
        Pool2dShape shape = Pool.Of(x.Shape, use.Window, use.CeilMode);
        int* indices = a.Saved.IsEmpty ? null : a.Saved[0].I32;
        if (x.DType == DType.F64)
            MaxPool2d.Reference(shape, x.F64, y.F64, indices);
        else
            MaxPool2d.Forward(shape, x.F32, y.F32, indices, a.Workers);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx) = (a.OutputGrads[0], a.InputGrads[0]);
        Use use = a.Attributes<Use>();
        Pool2dShape shape = Pool.Of(dx.Shape, use.Window, use.CeilMode);
        if (dx.DType == DType.F64)
            MaxPool2d.Backward(shape, dy.F64, a.Saved[0].I32, dx.F64, a.Workers);
        else
            MaxPool2d.Backward(shape, dy.F32, a.Saved[0].I32, dx.F32, a.Workers);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("2x2", OpAttributes.Of(new Use(new Window2d(2, 2).WithStride(2), false)), new SampleInput(new Shape(2, 2, 4, 5), SampleValues.Distinct)),
        new("overlapping, padded, ceil", OpAttributes.Of(new Use(new Window2d(3, 2) { PadTop = 1, PadLeft = 1 }.WithStride(2), true)),
            new SampleInput(new Shape(1, 2, 5, 4), SampleValues.Distinct)),
    ];
}

/// <summary>What both kinds of pooling ask of their input.</summary>
internal static class Pool
{
    /// <exception cref="ShapeException">The input is no (N, C, H, W), or the window does not fit it.</exception>
    public static Shape Result(string operation, in Shape x, Window2d window, bool ceilMode)
    {
        if (x.Rank != 4)
            throw new ShapeException($"{operation}: an input of (N, C, H, W) expected, it has the shape {x}");
        Pool2dShape shape = Of(x, window, ceilMode);
        return new Shape(x[0], x[1], shape.OutHeight, shape.OutWidth);
    }

    public static Pool2dShape Of(in Shape x, Window2d window, bool ceilMode) => new(x[0] * x[1], x[2], x[3], window, ceilMode);
}

public static class MaxPool2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The largest element under each window of (N, C, H, W).</summary>
        /// <exception cref="ShapeException">The window does not fit.</exception>
        public Tensor MaxPool2d(Window2d window, bool ceilMode = false) =>
            Dispatch.Run(MaxPool2dOp.Instance, OpAttributes.Of(new MaxPool2dOp.Use(window, ceilMode)), x);
    }
}
