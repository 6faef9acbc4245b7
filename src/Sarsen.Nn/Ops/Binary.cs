using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = f(a, b), element by element, the operands broadcast by NumPy's rules. The gradient of a broadcast operand is
/// summed over what it was repeated along. Views are read where they lie.
/// </summary>
/// <param name="name">The operation's name.</param>
/// <param name="values">What its samples are drawn from.</param>
public sealed unsafe class BinaryOp<TKernel>(string name, SampleValues values = SampleValues.Normal) : Op
    where TKernel : unmanaged, IBinaryOp
{
    public override string Name => name;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override bool MayOverwrite(int input) => true;

    public override bool PassesGradient(int input) => input == 0 ? TKernel.PassesToA : TKernel.PassesToB;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo a, TensorInfo b) = (s.Inputs[0], s.Inputs[1]);
        FloatPair.Check(name, a, b);
        Shape shape = StridedPlan.BroadcastShape(a.Shape, b.Shape);
        s.Output(a.DType, shape);
        if ((a.Shape != shape && !PassesGradient(0)) || (b.Shape != shape && !PassesGradient(1)))
            s.BackwardWorkspace = shape.Count * a.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView z) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        var plan = new StridedPlan(z.Shape, StridedPlan.Broadcast(x.Shape, x.Strides, z.Shape), StridedPlan.Broadcast(y.Shape, y.Strides, z.Shape));
        if (x.DType == DType.F64)
            Binary.Forward(default(TKernel), plan, x.F64, y.F64, z.F64);
        else
            Binary.Forward(a.Workers, default(TKernel), plan, x.F32, y.F32, z.F32);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView dz) = (a.Inputs[0], a.Inputs[1], a.OutputGrads[0]);
        var plan = new StridedPlan(dz.Shape, StridedPlan.Broadcast(x.Shape, x.Strides, dz.Shape),
            StridedPlan.Broadcast(y.Shape, y.Strides, dz.Shape), dz.Strides);
        for (int i = 0; i < 2; i++)
        {
            TensorView d = a.InputGrads[i];
            if (d.IsNone)
                continue;
            bool whole = d.Shape == dz.Shape;
            byte* part = dz.Data;
            if (!PassesGradient(i))
            {
                part = whole ? d.Data : a.Workspace;
                if (x.DType == DType.F64)
                    Part(i, plan, x.F64, y.F64, dz.F64, (double*)part);
                else
                    Part(a, i, plan, x.F32, y.F32, dz.F32, (float*)part);
            }
            else if (whole)
                Copies.Run(a.Workers, part, d.Data, d.Count * d.DType.Size());
            if (whole)
                continue;
            Reduction back = Reduction.ToShape(d.Shape, dz.Shape);
            if (x.DType == DType.F64)
                Reduce.Run(default(SumOf), back, (double*)part, d.F64);
            else
                Reduce.Run(a.Workers, default(SumOf), back, (float*)part, d.F32);
        }
    }

    private static void Part(int input, in StridedPlan plan, double* x, double* y, double* dz, double* d)
    {
        if (input == 0)
            Binary.BackwardA(default(TKernel), plan, x, y, dz, d);
        else
            Binary.BackwardB(default(TKernel), plan, x, y, dz, d);
    }

    private static void Part(in OpArgs a, int input, in StridedPlan plan, float* x, float* y, float* dz, float* d)
    {
        if (input == 0)
            Binary.BackwardA(a.Workers, default(TKernel), plan, x, y, dz, d);
        else
            Binary.BackwardB(a.Workers, default(TKernel), plan, x, y, dz, d);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        Sample("equal shapes", new Shape(3, 4), new Shape(3, 4)),
        Sample("a row", new Shape(3, 4), new Shape(4)),
        Sample("a column", new Shape(3, 1), new Shape(3, 4)),
        Sample("both broadcast", new Shape(2, 1, 3), new Shape(4, 1)),
        Sample("a scalar", new Shape(), new Shape(2, 2)),
    ];

    private OpSample Sample(string use, Shape a, Shape b) => new(use, default, new SampleInput(a, values), new SampleInput(b, values));

    internal Tensor Run(Tensor a, Tensor b) => Run(default, a, b);
}
