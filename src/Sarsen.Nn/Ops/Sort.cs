using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The elements along one dimension in order, equal ones as they stood, and the indices they had, in I64; NaN is the greatest.
/// dx[index] = dy. The algorithm stands with <see cref="Sarsen.Tensors.Kernels.Sort"/>.
/// </summary>
public sealed unsafe class SortOp : Op
{
    internal static readonly SortOp Instance = new();

    internal readonly record struct Use(int Dim, bool Descending);

    public override string Name => "sort";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo x = s.Inputs[0];
        FloatPair.Check(Name, s.Inputs);
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, s.Attributes<Use>().Dim);
        s.Output(x.DType, x.Shape);
        s.Output(DType.I64, x.Shape);
        s.Workspace = Sarsen.Tensors.Kernels.Sort.WorkspaceBytes(outer, n, inner);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView index) = (a.Inputs[0], a.Outputs[0], a.Outputs[1]);
        Use use = a.Attributes<Use>();
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, use.Dim);
        if (x.DType == DType.F64)
            Sarsen.Tensors.Kernels.Sort.Run(a.Workers, x.F64, y.F64, index.I64, outer, n, inner, use.Descending, a.Workspace);
        else
            Sarsen.Tensors.Kernels.Sort.Run(a.Workers, x.F32, y.F32, index.I64, outer, n, inner, use.Descending, a.Workspace);
    }

    public override void Backward(in OpArgs a) => Spread(a, a.Attributes<Use>().Dim);

    /// <summary>dx = 0 but at the indices, where it is dy.</summary>
    internal static void Spread(in OpArgs a, int dim)
    {
        (TensorView dx, TensorView dy, TensorView index) = (a.InputGrads[0], a.OutputGrads[0], a.Outputs[1]);
        Zeros.Run(a.Workers, dx.Data, dx.Count * dx.DType.Size());
        if (dy.IsNone)
            return;
        if (dx.DType == DType.F64)
            IndexMove.Run<double, IndexPut<double>>(a.Workers, dx.Shape, index.Shape, dim, index.I64, shared: false, dx.F64, dy.F64);
        else
            IndexMove.Run<float, IndexPut<float>>(a.Workers, dx.Shape, index.Shape, dim, index.I64, shared: false, dx.F32, dy.F32);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("last", OpAttributes.Of(new Use(1, false)), new SampleInput(new Shape(3, 7), SampleValues.Distinct)),
        new("first, descending", OpAttributes.Of(new Use(0, true)), new SampleInput(new Shape(5, 2, 2), SampleValues.Distinct)),
    ];
}

public static class SortExtensions
{
    extension(Tensor x)
    {
        /// <summary>The elements along <paramref name="dim"/> in order, and their indices; equal ones keep theirs.</summary>
        public (Tensor Values, Tensor Indices) Sort(int dim = -1, bool descending = false)
        {
            TensorList results = default;
            Dispatch.Run(SortOp.Instance, OpAttributes.Of(new SortOp.Use(x.Shape.Dim(dim), descending)), [x], results);
            return (results[0], results[1]);
        }

        /// <summary>The indices that put the elements along <paramref name="dim"/> in order.</summary>
        public Tensor ArgSort(int dim = -1, bool descending = false) => x.Sort(dim, descending).Indices;
    }
}
