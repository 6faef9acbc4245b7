using Sarsen.Nn.Autograd;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The k greatest, or least, elements along one dimension in order, and their indices in I64, the first of equals first.
/// dx[index] = dy, 0 elsewhere. The algorithm stands with <see cref="Sarsen.Tensors.Kernels.TopK"/>.
/// </summary>
public sealed unsafe class TopKOp : Op
{
    internal static readonly TopKOp Instance = new();

    internal readonly record struct Use(int Dim, long K, bool Greatest);

    public override string Name => "top_k";

    public override bool BackwardReadsInputs => false;

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, Use use) = (s.Inputs[0], s.Attributes<Use>());
        FloatPair.Check(Name, s.Inputs);
        if (use.K < 0 || use.K > x.Shape[use.Dim])
            throw new ShapeException($"TopK: {use.K} elements cannot be taken from dimension {use.Dim} of {x.Shape}");
        (long outer, _, long inner) = ExtremumOp.Split(x.Shape, use.Dim);
        s.Output(x.DType, x.Shape.With(use.Dim, use.K));
        s.Output(DType.I64, x.Shape.With(use.Dim, use.K));
        s.Workspace = Sarsen.Tensors.Kernels.TopK.WorkspaceBytes(outer, use.K, inner);
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView x, TensorView y, TensorView index) = (a.Inputs[0], a.Outputs[0], a.Outputs[1]);
        Use use = a.Attributes<Use>();
        (long outer, long n, long inner) = ExtremumOp.Split(x.Shape, use.Dim);
        if (x.DType == DType.F64)
            Sarsen.Tensors.Kernels.TopK.Run(a.Workers, x.F64, y.F64, index.I64, outer, n, inner, use.K, use.Greatest, a.Workspace);
        else
            Sarsen.Tensors.Kernels.TopK.Run(a.Workers, x.F32, y.F32, index.I64, outer, n, inner, use.K, use.Greatest, a.Workspace);
    }

    public override void Backward(in OpArgs a) => SortOp.Spread(a, a.Attributes<Use>().Dim);

    public override IEnumerable<OpSample> Samples =>
    [
        new("three of the last", OpAttributes.Of(new Use(1, 3, true)), new SampleInput(new Shape(3, 7), SampleValues.Distinct)),
        new("the least of the first", OpAttributes.Of(new Use(0, 2, false)), new SampleInput(new Shape(5, 2, 2), SampleValues.Distinct)),
    ];
}

public static class TopKExtensions
{
    extension(Tensor x)
    {
        /// <summary>The k greatest elements along <paramref name="dim"/>, or the least, in order, and their indices.</summary>
        /// <exception cref="ShapeException">The dimension has fewer.</exception>
        public (Tensor Values, Tensor Indices) TopK(long k, int dim = -1, bool greatest = true)
        {
            TensorList results = default;
            Dispatch.Run(TopKOp.Instance, OpAttributes.Of(new TopKOp.Use(x.Shape.Dim(dim), k, greatest)), [x], results);
            return (results[0], results[1]);
        }
    }
}
