using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// A margin around the last two dimensions of x (…, H, W): a constant, the picture mirrored, or its edge. dx is the sum of
/// dy over all places that show an element; rules stand with <see cref="Pad2dShape"/>.
/// </summary>
public sealed unsafe class Pad2dOp : Op
{
    internal static readonly Pad2dOp Instance = new();

    internal readonly record struct Use(PaddingMode Mode, double Value, long Top, long Left, long Bottom, long Right);

    public override string Name => "pad2d";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        Shape x = s.Inputs[0].Shape;
        if (x.Rank < 2)
            throw new ShapeException($"Pad2d: at least two dimensions expected, the input has the shape {x}");
        Pad2dShape shape = Of(s.Attributes<Use>(), x);
        s.Output(s.Inputs[0].DType, x.With(-2, shape.OutHeight).With(-1, shape.OutWidth));
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, Use use) = (a.Inputs[0], a.Outputs[0], a.Attributes<Use>());
        if (x.DType == DType.F64)
            Pad2d.Forward(Of(use, x.Shape), x.F64, y.F64, use.Value, a.Workers);
        else
            Pad2d.Forward(Of(use, x.Shape), x.F32, y.F32, (float)use.Value, a.Workers);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx, Use use) = (a.OutputGrads[0], a.InputGrads[0], a.Attributes<Use>());
        if (dx.DType == DType.F64)
            Pad2d.Backward(Of(use, dx.Shape), dy.F64, dx.F64, a.Workers);
        else
            Pad2d.Backward(Of(use, dx.Shape), dy.F32, dx.F32, a.Workers);
    }

    private static Pad2dShape Of(in Use use, in Shape x) =>
        new(x.With(-2, 1).With(-1, 1).Count, x[-2], x[-1], use.Top, use.Left, use.Bottom, use.Right, use.Mode);

    public override IEnumerable<OpSample> Samples =>
    [
        new("a value", OpAttributes.Of(new Use(PaddingMode.Constant, 0.5, 1, 2, 0, 1)), new SampleInput(new Shape(2, 2, 3, 2))),
        new("mirrored", OpAttributes.Of(new Use(PaddingMode.Reflect, 0, 2, 1, 1, 2)), new SampleInput(new Shape(2, 3, 4))),
        new("the edge", OpAttributes.Of(new Use(PaddingMode.Replicate, 0, 1, 3, 2, 0)), new SampleInput(new Shape(1, 2, 2, 3))),
    ];
}

public static class Pad2dExtensions
{
    extension(Tensor x)
    {
        /// <summary>The last two dimensions with a margin.</summary>
        /// <param name="margin">Elements on each side.</param>
        /// <param name="mode">What stands there.</param>
        /// <param name="value">The constant, where that is the mode.</param>
        /// <exception cref="ShapeException">A margin is negative, or reflects more than there is.</exception>
        public Tensor Pad2d(Margin margin, PaddingMode mode = PaddingMode.Constant, double value = 0) =>
            Dispatch.Run(Pad2dOp.Instance, OpAttributes.Of(new Pad2dOp.Use(mode, value, margin.Top, margin.Left, margin.Bottom, margin.Right)), x);
    }
}
