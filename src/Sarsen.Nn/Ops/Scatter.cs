using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = x, but y[…, index[…, i, …], …] = source[…, i, …] along one dimension, or + that; index and source of one shape and of
/// x's rank, no larger than x in the other dimensions; PyTorch's scatter and scatter_add. In ascending order: of two that meet the last
/// one is set. dx = dy, 0 where it was set; dsource = dy at the index, also that of one that was set over, as in PyTorch.
/// </summary>
/// <param name="add">Add to what is there.</param>
public sealed unsafe class ScatterOp(bool add) : Op
{
    internal static readonly ScatterOp Set = new(add: false);
    internal static readonly ScatterOp Add = new(add: true);

    internal readonly record struct Along(int Dim);

    public override string Name => add ? "scatter_add" : "scatter";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo index, TensorInfo source) = (s.Inputs[0], s.Inputs[1], s.Inputs[2]);
        int dim = s.Attributes<Along>().Dim;
        FloatPair.Check(Name, x, source);
        bool fits = x.Shape.Rank == index.Shape.Rank && index.DType == DType.I64 && source.Shape == index.Shape;
        for (int d = 0; d < x.Shape.Rank && fits; d++)
            fits = d == dim || index.Shape[d] <= x.Shape[d];
        if (!fits)
            throw new ShapeException($"{Name} along dimension {dim}: index in I64 and source of one shape, of the rank of {x.Shape} and no larger in the other dimensions, expected; given {index.DType} {index.Shape} and {source.Shape}");
        s.Output(x.DType, x.Shape);
    }

    public override void Check(in OpArgs a) => IndexRange.Check(Name, a.Inputs[1], a.Inputs[0].Shape[a.Attributes<Along>().Dim]);

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        Buffer.MemoryCopy(x.Data, y.Data, x.Count * x.DType.Size(), x.Count * x.DType.Size());
        if (x.DType == DType.F64 && add)
            Move<double, IndexAdd<double>>(a, y, a.Inputs[2]);
        else if (x.DType == DType.F64)
            Move<double, IndexPut<double>>(a, y, a.Inputs[2]);
        else if (add)
            Move<float, IndexAdd<float>>(a, y, a.Inputs[2]);
        else
            Move<float, IndexPut<float>>(a, y, a.Inputs[2]);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dy, TensorView dx, TensorView dsource) = (a.OutputGrads[0], a.InputGrads[0], a.InputGrads[2]);
        if (!dsource.IsNone && dy.DType == DType.F64)
            Move<double, IndexPick<double>>(a, dy, dsource);
        else if (!dsource.IsNone)
            Move<float, IndexPick<float>>(a, dy, dsource);
        if (dx.IsNone)
            return;
        Buffer.MemoryCopy(dy.Data, dx.Data, dy.Count * dy.DType.Size(), dy.Count * dy.DType.Size());
        if (!add && dx.DType == DType.F64)
            Move<double, IndexClear<double>>(a, dx, dx);
        else if (!add)
            Move<float, IndexClear<float>>(a, dx, dx);
    }

    private static void Move<T, TMove>(in OpArgs a, in TensorView x, in TensorView beside) where T : unmanaged where TMove : struct, IIndexMove<T> =>
        IndexMove.Run<T, TMove>(a.Workers, x.Shape, a.Inputs[1].Shape, a.Attributes<Along>().Dim, a.Inputs[1].I64, shared: false, (T*)x.Data, (T*)beside.Data);

    public override IEnumerable<OpSample> Samples => add
        ?
        [
            new("rows, repeated", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(3, 4)), SampleInput.Indices(new Shape(5, 2), 3), new SampleInput(new Shape(5, 2))),
            new("columns", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 4)), SampleInput.Indices(new Shape(2, 3), 4), new SampleInput(new Shape(2, 3))),
        ]
        :
        [
            new("one a column", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(3, 4)), SampleInput.Indices(new Shape(1, 4), 3), new SampleInput(new Shape(1, 4))),
            new("one a row", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 4)), SampleInput.Indices(new Shape(2, 1), 4), new SampleInput(new Shape(2, 1))),
        ];
}

public static class ScatterExtensions
{
    extension(Tensor x)
    {
        /// <summary>x with the elements of <paramref name="source"/> put where <paramref name="index"/> says along <paramref name="dim"/>.</summary>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the dimension.</exception>
        public Tensor Scatter(int dim, Tensor index, Tensor source) => Run(ScatterOp.Set, x, dim, index, source);

        /// <summary>x with the elements of <paramref name="source"/> added where <paramref name="index"/> says along <paramref name="dim"/>.</summary>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the dimension.</exception>
        public Tensor ScatterAdd(int dim, Tensor index, Tensor source) => Run(ScatterOp.Add, x, dim, index, source);
    }

    private static Tensor Run(ScatterOp op, Tensor x, int dim, Tensor index, Tensor source)
    {
        index = index.Contiguous();
        int d = x.Shape.Dim(dim);
        return Dispatch.Run(op, OpAttributes.Of(new ScatterOp.Along(d)), x, index, source);
    }
}
