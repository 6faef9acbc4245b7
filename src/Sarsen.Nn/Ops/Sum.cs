using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = Σ x, or Σ x / n, over some dimensions; n is the number of elements of one sum. dx = dy, or dy / n, repeated
/// along them.
/// </summary>
/// <param name="name">The operation's name.</param>
/// <param name="mean">Divide by the number of elements.</param>
public sealed unsafe class SumOp(string name, bool mean) : Op
{
    internal static readonly SumOp Sum = new("sum", mean: false);
    internal static readonly SumOp Mean = new("mean", mean: true);

    /// <param name="Axes">Bit d is set where dimension d is summed over.</param>
    /// <param name="Keep">Do those dimensions stay, with size 1.</param>
    internal readonly record struct Over(int Axes, bool Keep);

    public override string Name => name;

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => true;

    public override void Infer(ref OpShapes s)
    {
        Over over = s.Attributes<Over>();
        FloatPair.Check(name, s.Inputs);
        Shape result = Axes.Reduced(s.Inputs[0].Shape, over.Axes, over.Keep);
        s.Output(s.Inputs[0].DType, result);
        s.BackwardWorkspace = mean ? result.Count * s.Inputs[0].DType.Size() : 0;
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y) = (a.Inputs[0], a.Outputs[0]);
        var reduction = new Reduction(x.Shape, x.Strides, a.Attributes<Over>().Axes);
        if (x.DType == DType.F64)
            Reduce.Run(default(SumOf), reduction, x.F64, y.F64, Scale(x, y));
        else
            Reduce.Run(a.Workers, default(SumOf), reduction, x.F32, y.F32, Scale(x, y));
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView dx, TensorView dy) = (a.InputGrads[0], a.OutputGrads[0]);
        Shape kept = Axes.Reduced(dx.Shape, a.Attributes<Over>().Axes, keep: true);
        var plan = new StridedPlan(dx.Shape, StridedPlan.Broadcast(kept, kept.Contiguous(), dx.Shape));
        if (dx.DType == DType.F64)
        {
            if (mean)
                Unary.Forward(new Affine(Scale(dx, dy), 0), dy.F64, (double*)a.Workspace, dy.Count);
            StridedCopy.ToContiguous(a.Workers, plan, mean ? (double*)a.Workspace : dy.F64, dx.F64);
            return;
        }
        if (mean)
            Unary.Forward(a.Workers, new Affine(Scale(dx, dy), 0), dy.F32, (float*)a.Workspace, dy.Count);
        StridedCopy.ToContiguous(a.Workers, plan, mean ? (float*)a.Workspace : dy.F32, dx.F32);
    }

    private double Scale(in TensorView whole, in TensorView part) => mean ? part.Count / (double)whole.Count : 1;

    public override IEnumerable<OpSample> Samples =>
    [
        new("all", OpAttributes.Of(new Over(0b11, false)), new SampleInput(new Shape(3, 4))),
        new("rows", OpAttributes.Of(new Over(0b01, false)), new SampleInput(new Shape(3, 4))),
        new("last, kept", OpAttributes.Of(new Over(0b100, true)), new SampleInput(new Shape(2, 3, 4))),
        new("first and last", OpAttributes.Of(new Over(0b101, false)), new SampleInput(new Shape(2, 3, 4))),
        new("a scalar", OpAttributes.Of(new Over(0, false)), new SampleInput(new Shape())),
    ];
}

/// <summary>Dimensions as bits.</summary>
internal static class Axes
{
    /// <summary>All dimensions when none is named.</summary>
    public static int Of(in Shape shape, ReadOnlySpan<int> dims)
    {
        if (dims.IsEmpty)
            return (1 << shape.Rank) - 1;
        int axes = 0;
        foreach (int dim in dims)
            axes |= 1 << shape.Dim(dim);
        return axes;
    }

    public static Shape Reduced(in Shape shape, int axes, bool keep)
    {
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        int rank = 0;
        for (int d = 0; d < shape.Rank; d++)
        {
            bool reduced = (axes >> d & 1) != 0;
            if (!reduced || keep)
                sizes[rank++] = reduced ? 1 : shape[d];
        }
        return new Shape(sizes[..rank]);
    }
}

public static class SumExtensions
{
    extension(Tensor x)
    {
        /// <summary>The sum over <paramref name="dims"/>, which are gone from the result; over all when none is named.</summary>
        public Tensor Sum(params ReadOnlySpan<int> dims) => x.Sum(dims, keep: false);

        public Tensor Sum(ReadOnlySpan<int> dims, bool keep) =>
            Dispatch.Run(SumOp.Sum, OpAttributes.Of(new SumOp.Over(Axes.Of(x.Shape, dims), keep)), x);

        /// <summary>The mean over <paramref name="dims"/>, which are gone from the result; over all when none is named.</summary>
        public Tensor Mean(params ReadOnlySpan<int> dims) => x.Mean(dims, keep: false);

        public Tensor Mean(ReadOnlySpan<int> dims, bool keep) =>
            Dispatch.Run(SumOp.Mean, OpAttributes.Of(new SumOp.Over(Axes.Of(x.Shape, dims), keep)), x);
    }
}
