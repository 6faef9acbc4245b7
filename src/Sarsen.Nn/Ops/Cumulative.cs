using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y_i = x_0 + … + x_i along one dimension, dx_i = dy_i + … + dy_n; or the products, whose gradient stands with
/// <see cref="Scan"/>.
/// </summary>
/// <param name="product">Products.</param>
public sealed unsafe class CumulativeOp(bool product) : Op
{
    internal static readonly CumulativeOp Sum = new(product: false);
    internal static readonly CumulativeOp Product = new(product: true);

    internal readonly record struct Along(int Dim);

    public override string Name => product ? "cumprod" : "cumsum";

    public override bool BackwardReadsInputs => product;

    public override void Infer(ref OpShapes s)
    {
        FloatPair.Check(Name, s.Inputs);
        s.Output(s.Inputs[0].DType, s.Inputs[0].Shape);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, a.Attributes<Along>().Dim);
        if (x.DType == DType.F64 && product)
            Scan.Product(a.Workers, x.F64, y.F64, outer, n, inner);
        else if (x.DType == DType.F64)
            Scan.Sum(a.Workers, x.F64, y.F64, outer, n, inner);
        else if (product)
            Scan.Product(a.Workers, x.F32, y.F32, outer, n, inner);
        else
            Scan.Sum(a.Workers, x.F32, y.F32, outer, n, inner);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView x, TensorView dy, TensorView dx) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(dx.Shape, a.Attributes<Along>().Dim);
        if (dx.DType == DType.F64 && product)
            Scan.ProductBackward(a.Workers, x.F64, dy.F64, dx.F64, outer, n, inner);
        else if (dx.DType == DType.F64)
            Scan.Sum(a.Workers, dy.F64, dx.F64, outer, n, inner, reverse: true);
        else if (product)
            Scan.ProductBackward(a.Workers, x.F32, dy.F32, dx.F32, outer, n, inner);
        else
            Scan.Sum(a.Workers, dy.F32, dx.F32, outer, n, inner, reverse: true);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("last", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 5))),
        new("middle", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(2, 4, 3))),
    ];
}

public static class CumulativeExtensions
{
    extension(Tensor x)
    {
        /// <summary>The running sums along <paramref name="dim"/>, each element in its own.</summary>
        public Tensor CumSum(int dim) => Dispatch.Run(CumulativeOp.Sum, OpAttributes.Of(new CumulativeOp.Along(x.Shape.Dim(dim))), x);

        /// <summary>The running products along <paramref name="dim"/>, each element in its own.</summary>
        public Tensor CumProd(int dim) => Dispatch.Run(CumulativeOp.Product, OpAttributes.Of(new CumulativeOp.Along(x.Shape.Dim(dim))), x);
    }
}
