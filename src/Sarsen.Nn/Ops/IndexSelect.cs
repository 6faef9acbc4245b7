using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y[…, i, …] = x[…, index[i], …] along one dimension, index (K) in I64; PyTorch's index_select. dx[…, index[i], …] += dy, ascending.</summary>
public sealed unsafe class IndexSelectOp : Op
{
    internal static readonly IndexSelectOp Instance = new();

    internal readonly record struct Along(int Dim);

    public override string Name => "index_select";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo index) = (s.Inputs[0], s.Inputs[1]);
        int dim = s.Attributes<Along>().Dim;
        if (index.DType != DType.I64 || index.Shape.Rank != 1)
            throw new ShapeException($"IndexSelect: an index (K) in I64 expected, given {index.DType} {index.Shape}");
        s.Output(x.DType, x.Shape.With(dim, index.Shape[0]));
    }

    public override void Check(in OpArgs a) => IndexRange.Check(Name, a.Inputs[1], a.Inputs[0].Shape[a.Attributes<Along>().Dim]);

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView index, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, a.Attributes<Along>().Dim);
        Embedding.Select(a.Workers, x.Data, index.I64, y.Data, outer, n, index.Count, inner * x.DType.Size());
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView index, TensorView dy, TensorView dx, int dim) = (a.Inputs[1], a.OutputGrads[0], a.InputGrads[0], a.Attributes<Along>().Dim);
        (long outer, _, long inner) = ExtremumOp.Split(dx.Shape, dim);
        Zeros.Run(a.Workers, dx.Data, dx.Count * dx.DType.Size());
        if (dx.DType == DType.F64)
            IndexMove.Run<double, IndexAdd<double>>(a.Workers, dx.Shape, dy.Shape, dim, index.I64, shared: true, dx.F64, dy.F64);
        else if (outer == 1)
            Embedding.Backward(a.Workers, dy.F32, index.I64, dx.F32, index.Count, inner);
        else
            IndexMove.Run<float, IndexAdd<float>>(a.Workers, dx.Shape, dy.Shape, dim, index.I64, shared: true, dx.F32, dy.F32);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("rows, repeated", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(3, 4)), SampleInput.Indices(new Shape(5), 3)),
        new("columns", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(2, 4, 2)), SampleInput.Indices(new Shape(3), 4)),
    ];
}

public static class IndexSelectExtensions
{
    extension(Tensor x)
    {
        /// <summary>The positions <paramref name="index"/> (K) of a dimension, in that order, each as often as it is named.</summary>
        /// <exception cref="ShapeException">The index has not one dimension.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the dimension.</exception>
        public Tensor IndexSelect(int dim, Tensor index)
        {
            index = index.Contiguous();
            int d = x.Shape.Dim(dim);
            return Dispatch.Run(IndexSelectOp.Instance, OpAttributes.Of(new IndexSelectOp.Along(d)), x, index);
        }
    }
}
