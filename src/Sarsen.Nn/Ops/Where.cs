using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = a where the condition (Bool) holds, else b, the three broadcast by NumPy's rules. da = dy where it holds, db where not,
/// summed over what was repeated.
/// </summary>
public sealed unsafe class WhereOp : Op
{
    internal static readonly WhereOp Instance = new();

    public override string Name => "where";

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo condition, TensorInfo a, TensorInfo b) = (s.Inputs[0], s.Inputs[1], s.Inputs[2]);
        if (condition.DType != DType.Bool)
            throw new NotSupportedException($"Where: a condition of Bool expected, given {condition.DType}");
        FloatPair.Check(Name, a, b);
        Shape shape = StridedPlan.BroadcastShape(condition.Shape, StridedPlan.BroadcastShape(a.Shape, b.Shape));
        s.Output(a.DType, shape);
        if (a.Shape != shape || b.Shape != shape)
            s.BackwardWorkspace = shape.Count * a.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        TensorView y = a.Outputs[0];
        var plan = new StridedPlan(y.Shape, Walk(a.Inputs[0], y), Walk(a.Inputs[1], y), Walk(a.Inputs[2], y));
        if (y.DType == DType.F64)
            Plain.Where(a.Workers, plan, a.Inputs[0].Data, a.Inputs[1].F64, a.Inputs[2].F64, y.F64);
        else
            Plain.Where(a.Workers, plan, a.Inputs[0].Data, a.Inputs[1].F32, a.Inputs[2].F32, y.F32);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView condition, TensorView dy) = (a.Inputs[0], a.OutputGrads[0]);
        double zero = 0;
        Shape repeated = StridedPlan.Broadcast(new Shape(), new Shape(), dy.Shape), walk = Walk(condition, dy);
        for (int i = 1; i <= 2; i++)
        {
            TensorView d = a.InputGrads[i];
            if (d.IsNone)
                continue;
            bool whole = d.Shape == dy.Shape;
            byte* part = whole ? d.Data : a.Workspace;
            var plan = i == 1 ? new StridedPlan(dy.Shape, walk, dy.Strides, repeated) : new StridedPlan(dy.Shape, walk, repeated, dy.Strides);
            if (dy.DType == DType.F64)
                Plain.Where(a.Workers, plan, condition.Data, i == 1 ? dy.F64 : &zero, i == 1 ? &zero : dy.F64, (double*)part);
            else
                Plain.Where(a.Workers, plan, condition.Data, i == 1 ? dy.F32 : (float*)&zero, i == 1 ? (float*)&zero : dy.F32, (float*)part);
            if (whole)
                continue;
            Reduction back = Reduction.ToShape(d.Shape, dy.Shape);
            if (dy.DType == DType.F64)
                Reduce.Run(default(SumOf), back, (double*)part, d.F64);
            else
                Reduce.Run(a.Workers, default(SumOf), back, (float*)part, d.F32);
        }
    }

    private static Shape Walk(in TensorView operand, in TensorView result) => StridedPlan.Broadcast(operand.Shape, operand.Strides, result.Shape);

    public override IEnumerable<OpSample> Samples =>
    [
        new("equal shapes", default, Bits(new Shape(3, 4)), new SampleInput(new Shape(3, 4)), new SampleInput(new Shape(3, 4))),
        new("broadcast", default, Bits(new Shape(3, 1)), new SampleInput(new Shape(4)), new SampleInput(new Shape())),
    ];

    internal static SampleInput Bits(Shape shape) => new(shape, SampleValues.Bits, Type: DType.Bool, Grad: false);
}

public static class WhereExtensions
{
    extension(Tensor condition)
    {
        /// <summary>a where this condition (Bool) holds, else b, the three broadcast.</summary>
        /// <exception cref="ShapeException">The shapes do not broadcast.</exception>
        public Tensor Where(Tensor a, Tensor b) => Dispatch.Run(WhereOp.Instance, default, condition, a, b);
    }
}
