using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The largest, or smallest, element along one dimension and its index in I64, the first of equals. dx = dy at the
/// index, 0 elsewhere.
/// </summary>
/// <param name="greatest">The largest.</param>
public sealed unsafe class ExtremumOp(bool greatest) : Op
{
    internal static readonly ExtremumOp Max = new(greatest: true);
    internal static readonly ExtremumOp Min = new(greatest: false);

    internal readonly record struct Along(int Dim);

    public override string Name => greatest ? "max" : "min";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        int dim = s.Attributes<Along>().Dim;
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        if (x.Shape[dim] == 0)
            throw new ShapeException($"{Name}: dimension {dim} of {x.Shape} is empty");
        Shape result = Axes.Reduced(x.Shape, 1 << dim, keep: false);
        s.Output(x.DType, result);
        s.Output(DType.I64, result);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView index) = (a.Inputs[0], a.Outputs[0], a.Outputs[1]);
        (long outer, long n, long inner) = Split(x.Shape, a.Attributes<Along>().Dim);
        if (x.DType == DType.F64)
            Extremum.Find(a.Workers, x.F64, index.I64, y.F64, outer, n, inner, greatest);
        else
            Extremum.Find(a.Workers, x.F32, index.I64, y.F32, outer, n, inner, greatest);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dx, TensorView dy, TensorView index) = (a.InputGrads[0], a.OutputGrads[0], a.Outputs[1]);
        (long outer, long n, long inner) = Split(dx.Shape, a.Attributes<Along>().Dim);
        if (dx.DType == DType.F64)
            Extremum.Backward(a.Workers, dy.F64, index.I64, dx.F64, outer, n, inner);
        else
            Extremum.Backward(a.Workers, dy.F32, index.I64, dx.F32, outer, n, inner);
    }

    internal static (long Outer, long N, long Inner) Split(in Shape shape, int dim)
    {
        (long outer, long inner) = (1, 1);
        for (int d = 0; d < shape.Rank; d++)
        {
            outer *= d < dim ? shape[d] : 1;
            inner *= d > dim ? shape[d] : 1;
        }
        return (outer, shape[dim], inner);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("last", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 5), SampleValues.Distinct)),
        new("first", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(3, 2, 2), SampleValues.Distinct)),
    ];
}

public static class ExtremumExtensions
{
    extension(Tensor x)
    {
        /// <summary>The largest element along <paramref name="dim"/>, which is gone from the results, and its index.</summary>
        public (Tensor Values, Tensor Indices) Max(int dim) => Run(ExtremumOp.Max, x, dim);

        /// <summary>The smallest element along <paramref name="dim"/>, which is gone from the results, and its index.</summary>
        public (Tensor Values, Tensor Indices) Min(int dim) => Run(ExtremumOp.Min, x, dim);

        /// <summary>The index of the largest element along <paramref name="dim"/>, the first of equals.</summary>
        public Tensor ArgMax(int dim = -1) => x.Max(dim).Indices;
    }

    private static (Tensor, Tensor) Run(ExtremumOp op, Tensor x, int dim)
    {
        TensorList results = default;
        Dispatch.Run(op, OpAttributes.Of(new ExtremumOp.Along(x.Shape.Dim(dim))), [x], results);
        return (results[0], results[1]);
    }
}
