using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y = table[ids]: ids (…) in I64, table (rows, width), y (…, width). dtable[id] = Σ of dy where ids = id, ascending;
/// the row of the padding id gets none.
/// </summary>
public sealed unsafe class EmbeddingOp : Op
{
    internal static readonly EmbeddingOp Instance = new();

    internal readonly record struct Use(long PaddingId);

    public override string Name => "embedding";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo ids, TensorInfo table) = (s.Inputs[0], s.Inputs[1]);
        if (ids.DType != DType.I64)
            throw new NotSupportedException($"Embedding: ids of I64 expected, given {ids.DType}");
        if (table.Shape.Rank != 2)
            throw new ShapeException($"Embedding: a table of (rows, width) expected, given {table.Shape}");
        Span<long> sizes = stackalloc long[Shape.MaxRank];
        ids.Shape.AsSpan().CopyTo(sizes);
        sizes[ids.Shape.Rank] = table.Shape[1];
        s.Output(table.DType, new Shape(sizes[..(ids.Shape.Rank + 1)]));
    }

    public override void Check(in OpArgs a) => Check(a.Inputs[0], a.Inputs[1].Shape[0]);

    /// <exception cref="ArgumentOutOfRangeException">An id is not in 0 … rows - 1.</exception>
    internal static void Check(in TensorView ids, long rows)
    {
        long at = Embedding.FirstOutside(ids.I64, ids.Count, rows);
        if (at >= 0)
            throw new ArgumentOutOfRangeException(nameof(ids), ids.I64[at], $"Embedding: ids must be in 0 … {rows - 1}; element {at} is not");
    }

    public override void Forward(in OpArgs a)
    {
        (TensorView ids, TensorView table, TensorView y) = (a.Inputs[0], a.Inputs[1], a.Outputs[0]);
        if (table.DType.Size() == sizeof(double))
            Embedding.Forward(a.Workers, table.F64, ids.I64, y.F64, ids.Count, table.Shape[1]);
        else
            Embedding.Forward(a.Workers, table.F32, ids.I64, y.F32, ids.Count, table.Shape[1]);
    }

    public override void Backward(in OpArgs a)
    {
        (TensorView ids, TensorView dy, TensorView dtable) = (a.Inputs[0], a.OutputGrads[0], a.InputGrads[1]);
        if (dtable.IsNone)
            return;
        Zeros.Run(a.Workers, dtable.Data, dtable.Count * dtable.DType.Size());
        long padding = a.Attributes<Use>().PaddingId, width = dtable.Shape[1];
        if (dtable.DType == DType.F64)
            Embedding.Backward(dy.F64, ids.I64, dtable.F64, ids.Count, width, padding);
        else
            Embedding.Backward(a.Workers, dy.F32, ids.I64, dtable.F32, ids.Count, width, padding);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("sequences", OpAttributes.Of(new Use(-1)), SampleInput.Indices(new Shape(2, 3), 4), new SampleInput(new Shape(4, 5))),
    ];
}

public static class EmbeddingExtensions
{
    extension(Tensor ids)
    {
        /// <summary>Rows of a table by index: (…) to (…, width).</summary>
        /// <param name="table">(rows, width).</param>
        /// <param name="paddingId">The id whose row gets no gradient; null for none.</param>
        /// <exception cref="ArgumentOutOfRangeException">An id is not in 0 … rows - 1.</exception>
        public Tensor Embedding(Tensor table, long? paddingId = null) =>
            Dispatch.Run(EmbeddingOp.Instance, OpAttributes.Of(new EmbeddingOp.Use(paddingId ?? -1)), ids.Contiguous(), table);

        /// <summary>The same of a table however it is held.</summary>
        public Tensor Embedding(Parameter table, long? paddingId = null) =>
            table.HeldEmbedding is { } held ? Dispatch.Run(held, default, ids.Contiguous()) : ids.Embedding(table.Value, paddingId);
    }
}
