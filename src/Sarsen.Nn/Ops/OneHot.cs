using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y[…, c] = 1 where the class (…) in I64 is c, 0 elsewhere, in F32: (…) to (…, C). It has no gradient.</summary>
public sealed unsafe class OneHotOp : Op
{
    internal static readonly OneHotOp Instance = new();

    internal readonly record struct Use(long Classes);

    public override string Name => "one_hot";

    public override bool HasGradient => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo ids = s.Inputs[0];
        if (ids.DType != DType.I64)
            throw new NotSupportedException($"OneHot: classes of I64 expected, given {ids.DType}");
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        if (ids.Shape.Rank == Shape.MaxRank)
            throw new ShapeException($"OneHot: {ids.Shape} has no room for a dimension of classes");
        ids.Shape.AsSpan().CopyTo(sizes);
        sizes[ids.Shape.Rank] = s.Attributes<Use>().Classes;
        s.Output(DType.F32, new Shape(sizes[..(ids.Shape.Rank + 1)]));
    }

    public override void Check(in OpArgs a) => IndexRange.Check(Name, a.Inputs[0], a.Attributes<Use>().Classes);

    public override void Forward(in OpArgs a) => Embedding.OneHot(a.Workers, a.Inputs[0].I64, a.Outputs[0].F32, a.Inputs[0].Count, a.Attributes<Use>().Classes);

    public override IEnumerable<OpSample> Samples => [new("a matrix", OpAttributes.Of(new Use(4)), SampleInput.Indices(new Shape(2, 3), 4))];
}

public static class OneHotExtensions
{
    extension(Tensor ids)
    {
        /// <summary>Classes (…) as rows (…, C) of zeros and a one, in F32.</summary>
        /// <exception cref="ArgumentOutOfRangeException">A class is not in 0 … C - 1.</exception>
        public Tensor OneHot(long classes)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(classes, 1);
            ids = ids.Contiguous();
            return Dispatch.Run(OneHotOp.Instance, OpAttributes.Of(new OneHotOp.Use(classes)), ids);
        }
    }
}
