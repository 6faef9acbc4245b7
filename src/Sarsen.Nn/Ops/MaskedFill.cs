using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = value where the mask (Bool, broadcast to x) holds, else x; dx = 0 or dy.</summary>
public sealed unsafe class MaskedFillOp : Op
{
    internal static readonly MaskedFillOp Instance = new();

    internal readonly record struct Use(double Value);

    public override string Name => "masked_fill";

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo mask) = (s.Inputs[0], s.Inputs[1]);
        FloatPair.Check(Name, x);
        if (mask.DType != DType.Bool || StridedPlan.BroadcastShape(x.Shape, mask.Shape) != x.Shape)
            throw new ShapeException($"MaskedFill: a mask of Bool that broadcasts to {x.Shape} expected, given {mask.DType} {mask.Shape}");
        s.Output(x.DType, x.Shape);
    }

    public override void Forward(in OpArgs a) => Fill(a, a.Inputs[0], a.Outputs[0], a.Attributes<Use>().Value);

    public override void Backward(in OpArgs a) => Fill(a, a.OutputGrads[0], a.InputGrads[0], 0);

    private static void Fill(in OpArgs a, in TensorView from, in TensorView to, double value)
    {
        TensorView mask = a.Inputs[1];
        float narrow = (float)value;
        var plan = new StridedPlan(to.Shape, StridedPlan.Broadcast(mask.Shape, mask.Strides, to.Shape), StridedPlan.Broadcast(new Shape(), new Shape(), to.Shape), from.Strides);
        if (to.DType == DType.F64)
            Plain.Where(a.Workers, plan, mask.Data, &value, from.F64, to.F64);
        else
            Plain.Where(a.Workers, plan, mask.Data, &narrow, from.F32, to.F32);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("a row", OpAttributes.Of(new Use(-2)), new SampleInput(new Shape(3, 4)), WhereOp.Bits(new Shape(4))),
        new("equal shapes", OpAttributes.Of(new Use(7)), new SampleInput(new Shape(2, 3)), WhereOp.Bits(new Shape(2, 3))),
    ];
}

public static class MaskedFillExtensions
{
    extension(Tensor x)
    {
        /// <summary>x, but <paramref name="value"/> where the mask (Bool, broadcast) holds.</summary>
        /// <exception cref="ShapeException">The mask does not broadcast to x.</exception>
        public Tensor MaskedFill(Tensor mask, double value) => Dispatch.Run(MaskedFillOp.Instance, OpAttributes.Of(new MaskedFillOp.Use(value)), x, mask);
    }
}
