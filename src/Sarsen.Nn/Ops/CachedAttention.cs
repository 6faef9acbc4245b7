using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// Causal attention of new rows over a cache, to which their keys and values are added first. Inputs: rows of queries,
/// keys and values side by side (N, (heads + 2 kvHeads)·headDim); a layer of the cache (blocks, kvHeads, 2, positions·headDim) in F32 or
/// F16, or of levels and scales in I8 (<see cref="KvGroups"/>), which is written; the blocks of each sequence (S, most) in I64; spans (S, 4), whose keys count the cached ones. It
/// has no gradient.
/// </summary>
public sealed unsafe class CachedAttentionOp : Op
{
    internal static readonly CachedAttentionOp Instance = new();

    public override string Name => "cached_attention";

    public override bool HasGradient => false;

    public override bool BackwardReadsInputs => false;

    public override bool Accepts(int input, in Shape shape, in Shape strides) => input == 0 && shape.Rank == 2 && strides[1] == 1 && strides[0] >= shape[1];

    public override void Infer(ref OpShapes s)
    {
        AttentionOp.Use use = s.Attributes<AttentionOp.Use>();
        (TensorInfo rows, TensorInfo cache, TensorInfo table, TensorInfo spans) = (s.Inputs[0], s.Inputs[1], s.Inputs[2], s.Inputs[3]);
        bool typed = rows.DType == DType.F32 ? cache.DType is DType.F32 or DType.F16 or DType.I8 : rows.DType == DType.F64 && cache.DType == DType.F64;
        if (!typed || table.DType != DType.I64 || spans.DType != DType.I64)
            throw new NotSupportedException($"CachedAttention: rows of F32 and a cache of F32, F16 or I8 expected, given {rows.DType} and {cache.DType}");
        int heads = use.Heads + 2 * use.KvHeads;
        long dim = rows.Shape.Rank == 2 ? rows.Shape[1] / heads : 0;
        long tile = KvBlocks.TileElements(cache.DType.Size(), dim);
        bool fits = rows.Shape.Rank == 2 && dim * heads == rows.Shape[1] && dim is > 0 and <= Attention.MaxHeadDim
            && cache.Shape == new Shape(cache.Shape[0], use.KvHeads, 2, tile)
            && (cache.DType != DType.I8 || dim % KvGroups.Elements == 0)
            && spans.Shape == new Shape(spans.Shape[0], 4) && table.Shape.Rank == 2 && table.Shape[0] == spans.Shape[0];
        if (!fits)
            throw new ShapeException($"CachedAttention: rows of {use.Heads} + 2 · {use.KvHeads} heads, a cache (blocks, {use.KvHeads}, 2, {tile}), a table (S, most) and spans (S, 4) expected; given {rows.Shape}, {cache.Shape}, {table.Shape} and {spans.Shape}");
        s.Output(rows.DType, new Shape(rows.Shape[0], use.Heads * dim));
        s.Workspace = rows.DType == DType.F64
            ? 2 * KvBlocks.Positions * table.Shape[1] * use.KvHeads * dim * sizeof(double)
            : CachedAttention.WorkspaceBytes(rows.Shape[0], spans.Shape[0], use.Heads, use.KvHeads, (int)dim, s.Workers);
    }

    public override void Check(in OpArgs a) =>
        SpanCheck.Run(a.Inputs[3], a.Inputs[2], a.Inputs[0].Shape[0], a.Inputs[1].Shape[0], a.Attributes<AttentionOp.Use>().Longest);

    public override void Forward(in OpArgs a)
    {
        AttentionOp.Use use = a.Attributes<AttentionOp.Use>();
        (TensorView cache, TensorView table) = (a.Inputs[1], a.Inputs[2]);
        var blocks = new KvBlocks
        {
            Memory = cache.Data,
            ElementBytes = cache.DType.Size(),
            KvHeads = use.KvHeads,
            HeadDim = (int)(a.Outputs[0].Shape[1] / use.Heads),
            Table = table.I64,
            TableWidth = (nint)table.Shape[1],
        };
        if (cache.DType == DType.F64)
            AttentionReference.Forward(AttentionOp.Args<double>(a, packed: true), blocks, (double*)a.Workspace);
        else
            CachedAttention.Forward(a.Workers, AttentionOp.Args<float>(a, packed: true), blocks, a.Workspace);
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("one row, and a prompt", OpAttributes.Of(new AttentionOp.Use(4, 2, 0.7, Causal: true, 0, 12)), new SampleInput(new Shape(13, 24), Grad: false),
            new SampleInput(new Shape(5, 2, 2, 48), Grad: false), SampleInput.Given(new Shape(2, 2), 3, 0, 1, 4), SampleInput.Given(new Shape(2, 4), 0, 1, 0, 20, 1, 12, 0, 15)),
        new("a cap", OpAttributes.Of(new AttentionOp.Use(1, 1, 0.7, Causal: true, 0, 3, Softcap: 0.8)), new SampleInput(new Shape(3, 6), Grad: false),
            new SampleInput(new Shape(2, 1, 2, 32), Grad: false), SampleInput.Given(new Shape(1, 2), 1, 0), SampleInput.Given(new Shape(1, 4), 0, 3, 0, 30)),
        new("a window", OpAttributes.Of(new AttentionOp.Use(1, 1, 0.7, Causal: true, 5, 3)), new SampleInput(new Shape(3, 6), Grad: false),
            new SampleInput(new Shape(2, 1, 2, 32), Grad: false), SampleInput.Given(new Shape(1, 2), 1, 0), SampleInput.Given(new Shape(1, 4), 0, 3, 0, 30)),
    ];
}

public static class CachedAttentionExtensions
{
    extension(Tensor qkv)
    {
        /// <summary>
        /// Adds keys and values of rows (N, (heads + 2 kvHeads)·headDim) to a layer of a pool, then attends to all that it holds of
        /// their sequences.
        /// </summary>
        /// <param name="spans">Queries of each sequence, and its keys with the cached ones.</param>
        /// <param name="pool">The cache.</param>
        /// <param name="blocks">The blocks of each sequence, (S, most) in I64.</param>
        /// <param name="layer">Which layer of the pool.</param>
        /// <param name="options">Causal, and of the pool's heads.</param>
        /// <exception cref="ShapeException">The sizes do not fit, or a sequence has fewer blocks than its keys need.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A block is not in the pool.</exception>
        /// <exception cref="NotSupportedException">The attention is not causal, or a tape records.</exception>
        internal Tensor CachedAttention(TokenSpans spans, KvPool pool, Tensor blocks, int layer, in AttentionOptions options)
        {
            if (!options.Causal)
                throw new NotSupportedException("a cache holds what came before: attention over it is causal");
            if (ScopeFrame.Current?.Tape is not null && qkv.RequiresGrad)
                throw new NotSupportedException("attention over a cache has no gradient: train without a cache");
            int dim = (int)(qkv.Shape[1] / (options.Heads + 2 * options.KvHeads));
            return Dispatch.Run(CachedAttentionOp.Instance, options.Use(spans.Longest, dim, stream: null), qkv, pool.Layer(layer), blocks, spans.Table);
        }
    }
}
