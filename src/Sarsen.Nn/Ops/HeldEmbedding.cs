using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>y = table[ids] of a table that is held in another way: ids (…) in I64, table (rows, width), y (…, width) in F32. One for each table.</summary>
/// <param name="table">The table.</param>
internal sealed unsafe class HeldEmbeddingOp(WeightMatrix table) : Op
{
    public override string Name => "held embedding";

    public override bool HasGradient => false;

    public override void Infer(ref OpShapes s)
    {
        TensorInfo ids = s.Inputs[0];
        if (ids.DType != DType.I64)
            throw new NotSupportedException($"Embedding: ids of I64 expected, given {ids.DType}");
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        ids.Shape.AsSpan().CopyTo(sizes);
        sizes[ids.Shape.Rank] = table.Inputs;
        s.Output(DType.F32, new Shape(sizes[..(ids.Shape.Rank + 1)]));
    }

    public override void Check(in OpArgs a) => EmbeddingOp.Check(a.Inputs[0], table.Outputs);

    public override void Forward(in OpArgs a) => table.Gather(a.Inputs[0].I64, a.Inputs[0].Count, a.Outputs[0].F32);
}
