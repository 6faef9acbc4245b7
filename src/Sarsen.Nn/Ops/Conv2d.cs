using Sarsen.Nn.Autograd;
using Sarsen.Nn.Plans;
using Sarsen.Nn.Plans.Steps;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x ⋆ w + b, cross-correlation over (N, C, H, W): the formula and the order of its sums stand with
/// <see cref="Conv2d"/>. Inputs x (N, C, H, W), w (F, C / groups, kH, kW) and maybe b (F).
/// </summary>
public sealed unsafe class Conv2dOp : Op
{
    internal static readonly Conv2dOp Instance = new();

    internal readonly record struct Use(Window2d Window, long Groups, bool PlainSums);

    public override string Name => "conv2d";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo w) = (s.Inputs[0], s.Inputs[1]);
        if (x.Shape.Rank != 4)
            throw new ShapeException($"Conv2d: an input of (N, C, H, W) expected, it has the shape {x.Shape}");
        FloatPair.Check("Conv2d", s.Inputs);
        Conv2dShape shape = Of(s.Attributes<Use>(), x.Shape, w.Shape);
        if (s.Inputs.Length > 2 && s.Inputs[2].Shape != new Shape(shape.Filters))
            throw new ShapeException($"Conv2d: the bias must be ({shape.Filters}): it is {s.Inputs[2].Shape}");
        s.Output(x.DType, new Shape(shape.Batch, shape.Filters, shape.OutHeight, shape.OutWidth));
        s.Workspace = Conv2d.ForwardWorkspaceBytes(shape, s.Workers);
        s.BackwardWorkspace = Math.Max(Conv2d.BackwardDataWorkspaceBytes(shape, s.Workers), Conv2d.BackwardWeightWorkspaceBytes(shape, s.Workers));
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        byte* bias = a.Inputs.Length > 2 ? a.Inputs[2].Data : null;
        Conv2dShape shape = Of(a.Attributes<Use>(), x.Shape, w.Shape);
        if (x.DType == DType.F64)
            Conv2d.ReferenceForward(shape, x.F64, w.F64, (double*)bias, y.F64);
        else
            Conv2d.Forward(shape, x.F32, w.F32, (float*)bias, y.F32, a.Workers, a.Workspace);
    }

    public override PlanStep? Plan(PlanUse use) => ProductParts.Of(use) is { } parts
        ? new Conv2dStep(use.Inputs[0], parts, use.Outputs[0], Of(use.Attributes.As<Use>(), use.Inputs[0].Shape, parts.Weight.Shape))
        : null;

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView w, TensorView dy) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0]);
        (TensorView dx, TensorView dw, TensorView db) = (a.InputGrads[0], a.InputGrads[1], a.Inputs.Length > 2 ? a.InputGrads[2] : default);
        Conv2dShape shape = Of(a.Attributes<Use>(), x.Shape, w.Shape);
        if (x.DType == DType.F64)
        {
            if (!dx.IsNone)
                Conv2d.ReferenceBackwardData(shape, w.F64, dy.F64, dx.F64);
            if (!dw.IsNone)
                Conv2d.ReferenceBackwardWeight(shape, x.F64, dy.F64, dw.F64);
            if (!db.IsNone)
                Conv2d.ReferenceBackwardBias(shape, dy.F64, db.F64);
            return;
        }
        if (!dx.IsNone)
            Conv2d.BackwardData(shape, w.F32, dy.F32, dx.F32, a.Workers, a.Workspace);
        if (!dw.IsNone)
            Conv2d.BackwardWeight(shape, x.F32, dy.F32, dw.F32, a.Workers, a.Workspace);
        if (!db.IsNone)
            Conv2d.BackwardBias(shape, dy.F32, db.F32, a.Workers);
    }

    private static Conv2dShape Of(in Use use, in Shape x, in Shape w)
    {
        var shape = new Conv2dShape(x[0], x[1], x[2], x[3], w.Rank > 0 ? w[0] : 0, use.Window, use.Groups) { PlainSums = use.PlainSums };
        var expected = new Shape(shape.Filters, shape.Channels / shape.Groups, use.Window.KernelHeight, use.Window.KernelWidth);
        if (w != expected)
            throw new ShapeException($"Conv2d: the weight must be {expected} for an input of {x}: it is {w}");
        return shape;
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("3x3", Attributes(new Window2d(3, 3)), new SampleInput(new Shape(2, 2, 5, 4)), new SampleInput(new Shape(3, 2, 3, 3)), new SampleInput(new Shape(3))),
        new("stride, padding, dilation", Attributes(new Window2d(2, 3) { StrideHeight = 2, StrideWidth = 1, PadTop = 1, PadLeft = 2, PadBottom = 0, PadRight = 1, DilationHeight = 2, DilationWidth = 1 }),
            new SampleInput(new Shape(2, 1, 5, 4)), new SampleInput(new Shape(2, 1, 2, 3))),
        new("groups", Attributes(new Window2d(2, 2), 2), new SampleInput(new Shape(1, 4, 3, 3)), new SampleInput(new Shape(2, 2, 2, 2)), new SampleInput(new Shape(2))),
        new("depthwise", Attributes(new Window2d(3, 3).WithPadding(1), 3), new SampleInput(new Shape(1, 3, 4, 4)), new SampleInput(new Shape(3, 1, 3, 3))),
        new("1x1", Attributes(new Window2d(1, 1)), new SampleInput(new Shape(2, 3, 2, 2)), new SampleInput(new Shape(2, 3, 1, 1))),
    ];

    internal static OpAttributes Attributes(Window2d window, long groups = 1, bool winograd = true) => OpAttributes.Of(new Use(window, groups, !winograd));
}

public static class Conv2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>Cross-correlation of (N, C, H, W) with a weight (F, C / groups, kH, kW), plus a bias (F) unless none.</summary>
        /// <param name="weight">(F, C / groups, kH, kW)</param>
        /// <param name="bias">(F), or none.</param>
        /// <param name="window">Sizes, strides, padding and dilation.</param>
        /// <param name="groups">Channels of a group are seen by its filters alone.</param>
        /// <param name="winograd">May windows of 3 × 3 go through Winograd's transforms where that is faster: a quarter of the multiplications at best, and up to five times the rounding error.</param>
        /// <exception cref="ShapeException">The sizes do not fit one another or the window.</exception>
        public Tensor Conv2d(Tensor weight, Tensor bias, Window2d window, long groups = 1, bool winograd = true) => bias.IsNone
            ? Dispatch.Run(Conv2dOp.Instance, Conv2dOp.Attributes(window, groups, winograd), x, weight)
            : Dispatch.Run(Conv2dOp.Instance, Conv2dOp.Attributes(window, groups, winograd), x, weight, bias);
    }
}
