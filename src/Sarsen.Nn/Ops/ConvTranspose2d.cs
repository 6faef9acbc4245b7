using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The transposed convolution: each element of x (N, C, H, W) adds itself times w (C, F / groups, kH, kW) to the window of
/// y that a convolution would have read it from; plus b (F). dx = dy ⋆ w, and dw as the convolution's with x and dy in
/// each other's place. The sizes stand with <see cref="ConvTranspose2d"/>.
/// </summary>
public sealed unsafe class ConvTranspose2dOp : Op
{
    internal static readonly ConvTranspose2dOp Instance = new();

    internal readonly record struct Use(Window2d Window, long Groups, long OutputPaddingHeight, long OutputPaddingWidth);

    public override string Name => "conv_transpose2d";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo w) = (s.Inputs[0], s.Inputs[1]);
        if (x.Shape.Rank != 4)
            throw new ShapeException($"ConvTranspose2d: an input of (N, C, H, W) expected, it has the shape {x.Shape}");
        FloatPair.Check("ConvTranspose2d", s.Inputs);
        Conv2dShape shape = Of(s.Attributes<Use>(), x.Shape, w.Shape);
        if (s.Inputs.Length > 2 && s.Inputs[2].Shape != new Shape(shape.Channels))
            throw new ShapeException($"ConvTranspose2d: the bias must be ({shape.Channels}): it is {s.Inputs[2].Shape}");
        s.Output(x.DType, new Shape(shape.Batch, shape.Channels, shape.Height, shape.Width));
        s.Workspace = Conv2d.BackwardDataWorkspaceBytes(shape, s.Workers);
        s.BackwardWorkspace = Math.Max(Conv2d.ForwardWorkspaceBytes(shape, s.Workers), Conv2d.BackwardWeightWorkspaceBytes(shape, s.Workers));
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        Conv2dShape shape = Of(a.Attributes<Use>(), x.Shape, w.Shape);
        if (x.DType == DType.F64)
            Conv2d.ReferenceBackwardData(shape, w.F64, x.F64, y.F64);
        else
            Conv2d.BackwardData(shape, w.F32, x.F32, y.F32, a.Workers, a.Workspace);
        if (a.Inputs.Length < 3)
            return;
        // (N, F, S) + (F, 1)
        var all = new Shape(shape.Batch, shape.Channels, shape.Height * shape.Width);
        var plan = new StridedPlan(all, all.Contiguous(), Shape.Unchecked([0, 1, 0]));
        if (x.DType == DType.F64)
            Binary.Forward(default(Add), plan, y.F64, a.Inputs[2].F64, y.F64);
        else
            Binary.Forward(a.Workers, default(Add), plan, y.F32, a.Inputs[2].F32, y.F32);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView dy) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0]);
        (TensorView dx, TensorView dw, TensorView db) = (a.InputGrads[0], a.InputGrads[1], a.Inputs.Length > 2 ? a.InputGrads[2] : default);
        Conv2dShape shape = Of(a.Attributes<Use>(), x.Shape, w.Shape);
        var all = new Shape(shape.Batch, shape.Channels, shape.Height * shape.Width);
        var overChannels = new Reduction(all, all.Contiguous(), 0b101);
        if (x.DType == DType.F64)
        {
            if (!dx.IsNone)
                Conv2d.ReferenceForward(shape, dy.F64, w.F64, null, dx.F64);
            if (!dw.IsNone)
                Conv2d.ReferenceBackwardWeight(shape, dy.F64, x.F64, dw.F64);
            if (!db.IsNone)
                Reduce.Run(default(SumOf), overChannels, dy.F64, db.F64);
            return;
        }
        if (!dx.IsNone)
            Conv2d.Forward(shape, dy.F32, w.F32, null, dx.F32, a.Workers, a.Workspace);
        if (!dw.IsNone)
            Conv2d.BackwardWeight(shape, dy.F32, x.F32, dw.F32, a.Workers, a.Workspace);
        if (!db.IsNone)
            Reduce.Run(a.Workers, default(SumOf), overChannels, dy.F32, db.F32);
    }

    private static Conv2dShape Of(in Use use, in Shape x, in Shape w)
    {
        if (w.Rank != 4 || w[0] != x[1])
            throw new ShapeException($"ConvTranspose2d: the weight must be ({x[1]}, outputs / groups, kernel rows, kernel columns) for an input of {x}: it is {w}");
        Conv2dShape shape = ConvTranspose2d.ShapeOf(x[0], x[1], x[2], x[3], checked(w[1] * use.Groups), use.Window, use.Groups, use.OutputPaddingHeight, use.OutputPaddingWidth);
        if (w[2] != use.Window.KernelHeight || w[3] != use.Window.KernelWidth)
            throw new ShapeException($"ConvTranspose2d: the weight {w} does not have the window's {use.Window.KernelHeight} × {use.Window.KernelWidth}");
        return shape;
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("3x3", Attributes(new Window2d(3, 3)), new SampleInput(new Shape(2, 2, 3, 2)), new SampleInput(new Shape(2, 3, 3, 3)), new SampleInput(new Shape(3))),
        new("stride, padding, output padding", Attributes(new Window2d(3, 2) { StrideHeight = 2, StrideWidth = 3, PadTop = 1, PadLeft = 1, PadBottom = 1 }, 1, 1, 2),
            new SampleInput(new Shape(1, 2, 3, 3)), new SampleInput(new Shape(2, 1, 3, 2))),
        new("groups, dilation", Attributes(new Window2d(2, 2).WithDilation(2), 2), new SampleInput(new Shape(1, 4, 3, 3)), new SampleInput(new Shape(4, 1, 2, 2)), new SampleInput(new Shape(2))),
        new("depthwise", Attributes(new Window2d(3, 3).WithStride(2).WithPadding(1), 3), new SampleInput(new Shape(2, 3, 3, 3)), new SampleInput(new Shape(3, 1, 3, 3)), new SampleInput(new Shape(3))),
    ];

    internal static OpAttributes Attributes(Window2d window, long groups = 1, long outputPaddingHeight = 0, long outputPaddingWidth = 0) =>
        OpAttributes.Of(new Use(window, groups, outputPaddingHeight, outputPaddingWidth));
}

public static class ConvTranspose2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The transposed convolution of (N, C, H, W) with a weight (C, F / groups, kH, kW), plus a bias (F) unless none.</summary>
        /// <exception cref="ShapeException">The sizes do not fit one another, or nothing comes out.</exception>
        public Tensor ConvTranspose2d(Tensor weight, Tensor bias, Window2d window, long groups = 1, long outputPaddingHeight = 0, long outputPaddingWidth = 0)
        {
            OpAttributes attributes = ConvTranspose2dOp.Attributes(window, groups, outputPaddingHeight, outputPaddingWidth);
            return bias.IsNone
                ? Dispatch.Run(ConvTranspose2dOp.Instance, attributes, x, weight)
                : Dispatch.Run(ConvTranspose2dOp.Instance, attributes, x, weight, bias);
        }
    }
}
