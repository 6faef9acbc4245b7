using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = a ⊗ f(b), a and b the two halves of x along one dimension; formulas and sources stand with <see cref="GatedUnit"/>.</summary>
public sealed unsafe class GluOp : Op
{
    internal static readonly GluOp Instance = new();

    internal readonly record struct Use(int Dim, GluGate Gate);

    public override string Name => "glu";

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        (Shape x, int dim) = (s.Inputs[0].Shape, s.Attributes<Use>().Dim);
        if (x[dim] % 2 != 0)
            throw new ShapeException($"Glu: dimension {dim} of {x} is to be halved: its size must be even");
        s.Output(s.Inputs[0].DType, x.With(dim, x[dim] / 2));
    }

    public override void Forward(in OpArgs a)
    {
        switch (a.Attributes<Use>().Gate)
        {
            case GluGate.Gelu:
                Forward(a, default(Gelu));
                break;
            case GluGate.GeluTanh:
                Forward(a, default(GeluTanh));
                break;
            case GluGate.Relu:
                Forward(a, default(Relu));
                break;
            case GluGate.Silu:
                Forward(a, default(Silu));
                break;
            default:
                Forward(a, default(Sigmoid));
                break;
        }
    }

    public override void Backward(in OpArgs a)
    {
        switch (a.Attributes<Use>().Gate)
        {
            case GluGate.Gelu:
                Backward(a, default(Gelu));
                break;
            case GluGate.GeluTanh:
                Backward(a, default(GeluTanh));
                break;
            case GluGate.Relu:
                Backward(a, default(Relu));
                break;
            case GluGate.Silu:
                Backward(a, default(Silu));
                break;
            default:
                Backward(a, default(Sigmoid));
                break;
        }
    }

    private static void Forward<TGate>(in OpArgs a, TGate gate) where TGate : struct, IUnaryOp
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(y.Shape, a.Attributes<Use>().Dim);
        if (x.DType == DType.F64)
            GatedUnit.Forward(gate, x.F64, y.F64, outer, n * inner);
        else
            GatedUnit.Forward(a.Workers, gate, x.F32, y.F32, outer, n * inner);
    }

    private static void Backward<TGate>(in OpArgs a, TGate gate) where TGate : struct, IUnaryOp
    {
        (TensorView x, TensorView dy, TensorView dx) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(dy.Shape, a.Attributes<Use>().Dim);
        if (x.DType == DType.F64)
            GatedUnit.Backward(gate, x.F64, dy.F64, dx.F64, outer, n * inner);
        else
            GatedUnit.Backward(a.Workers, gate, x.F32, dy.F32, dx.F32, outer, n * inner);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("last", OpAttributes.Of(new Use(1, GluGate.Sigmoid)), new SampleInput(new Shape(3, 10))),
        new("channels, gelu", OpAttributes.Of(new Use(1, GluGate.Gelu)), new SampleInput(new Shape(2, 4, 3))),
        new("first, by tanh", OpAttributes.Of(new Use(0, GluGate.GeluTanh)), new SampleInput(new Shape(4, 5))),
        new("silu", OpAttributes.Of(new Use(1, GluGate.Silu)), new SampleInput(new Shape(3, 4))),
        new("relu", OpAttributes.Of(new Use(1, GluGate.Relu)), new SampleInput(new Shape(2, 6), SampleValues.Distinct)),
    ];
}

public static class GluExtensions
{
    extension(Tensor x)
    {
        /// <summary>a ⊗ f(b), a and b the first and the second half of <paramref name="dim"/>.</summary>
        /// <exception cref="ShapeException">The dimension's size is odd.</exception>
        public Tensor Glu(GluGate gate = GluGate.Sigmoid, int dim = -1) =>
            Dispatch.Run(GluOp.Instance, OpAttributes.Of(new GluOp.Use(x.Shape.Dim(dim), gate)), x);
    }
}
