using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y[…, i, …] = x[…, index[…, i, …], …] along one dimension: x and index of one rank, index no larger than x in the
/// other dimensions; PyTorch's gather. dx[index] += dy, ascending.
/// </summary>
public sealed unsafe class GatherOp : Op
{
    internal static readonly GatherOp Instance = new();

    internal readonly record struct Along(int Dim);

    public override string Name => "gather";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo index) = (s.Inputs[0], s.Inputs[1]);
        int dim = s.Attributes<Along>().Dim;
        bool fits = x.Shape.Rank == index.Shape.Rank && index.DType == DType.I64 && x.DType.Size() is 4 or 8;
        for (int d = 0; d < x.Shape.Rank && fits; d++)
            fits = d == dim || index.Shape[d] <= x.Shape[d];
        if (!fits)
            throw new ShapeException($"Gather along dimension {dim}: an index in I64 of the rank of {x.DType} {x.Shape}, no larger in the other dimensions, expected; given {index.DType} {index.Shape}");
        s.Output(x.DType, index.Shape);
    }

    public override void Check(in OpArgs a)
    {
        (TensorView index, long size) = (a.Inputs[1], a.Inputs[0].Shape[a.Attributes<Along>().Dim]);
        long at = Sarsen.Tensors.Kernels.Embedding.FirstOutside(index.I64, index.Count, size);
        if (at >= 0)
            throw new ArgumentOutOfRangeException(nameof(index), index.I64[at], $"Gather: an index must be in 0 … {size - 1}");
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView index, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        int dim = a.Attributes<Along>().Dim;
        // Bits are moved, of whatever type.
        if (x.DType.Size() == sizeof(long))
            IndexMove.Run<long, IndexPick<long>>(a.Workers, x.Shape, index.Shape, dim, index.I64, shared: false, x.I64, y.I64);
        else
            IndexMove.Run<int, IndexPick<int>>(a.Workers, x.Shape, index.Shape, dim, index.I64, shared: false, x.I32, y.I32);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dx, TensorView index, TensorView dy) = (a.InputGrads[0], a.Inputs[1], a.OutputGrads[0]);
        int dim = a.Attributes<Along>().Dim;
        Zeros.Run(a.Workers, dx.Data, dx.Count * dx.DType.Size());
        if (dx.DType == DType.F64)
            IndexMove.Run<double, IndexAdd<double>>(a.Workers, dx.Shape, index.Shape, dim, index.I64, shared: false, dx.F64, dy.F64);
        else
            IndexMove.Run<float, IndexAdd<float>>(a.Workers, dx.Shape, index.Shape, dim, index.I64, shared: false, dx.F32, dy.F32);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("columns", OpAttributes.Of(new Along(1)), new SampleInput(new Shape(3, 5)), SampleInput.Indices(new Shape(3, 2), 5)),
        new("rows, repeated", OpAttributes.Of(new Along(0)), new SampleInput(new Shape(2, 3)), SampleInput.Indices(new Shape(4, 2), 2)),
    ];
}

public static class GatherExtensions
{
    extension(Tensor x)
    {
        /// <summary>Picks elements along <paramref name="dim"/> by <paramref name="index"/>, element by element.</summary>
        /// <exception cref="ShapeException">The index does not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">An index is outside the dimension.</exception>
        public Tensor Gather(int dim, Tensor index) =>
            Dispatch.Run(GatherOp.Instance, OpAttributes.Of(new GatherOp.Along(x.Shape.Dim(dim))), x, index.Contiguous());
    }
}
