using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// y_i = Σ_j softmax_j(scale · q_i · k_j) v_j for each head, scores capped where that is asked for; formulas, order of sums and sources stand with
/// <see cref="AttentionArgs{T}"/> and <see cref="AttentionReference"/>. Inputs: q (N, heads·headDim), k and v
/// (M, kvHeads·headDim), spans (S, 4); or all three side by side in the rows of one, (N, (heads + 2 kvHeads)·headDim), and spans.
/// The result is (N, heads·headDim). In training the softmax may be dropped out: <see cref="AttentionDropout"/>.
/// </summary>
public sealed unsafe class AttentionOp : Op
{
    internal static readonly AttentionOp Instance = new();

    internal readonly record struct Use(int Heads, int KvHeads, double Scale, bool Causal, long Window, long Longest, double Dropout = 0, Rng Rng = default, double Softcap = 0);

    public override string Name => "attention";

    /// <summary>Rows may lie apart; the elements of a row may not.</summary>
    public override bool Accepts(int input, in Shape shape, in Shape strides) => shape.Rank == 2 && strides[1] == 1 && strides[0] >= shape[1];

    public override void Infer(ref OpShapes s)
    {
        Use use = s.Attributes<Use>();
        bool packed = s.Inputs.Length == 2;
        (TensorInfo q, TensorInfo spans) = (s.Inputs[0], s.Inputs[^1]);
        FloatPair.Check(Name, s.Inputs[..^1]);
        if (spans.DType != DType.I64 || spans.Shape.Rank != 2 || spans.Shape[1] != 4)
            throw new ShapeException($"Attention: spans (S, 4) in I64 expected, given {spans.DType} {spans.Shape}");
        int dim = packed ? HeadDim(q.Shape, use.Heads + 2 * use.KvHeads) : HeadDim(q.Shape, use.Heads);
        if (!packed && (s.Inputs[1].Shape != s.Inputs[2].Shape || HeadDim(s.Inputs[1].Shape, use.KvHeads) != dim))
            throw new ShapeException($"Attention: keys and values of (M, {use.KvHeads * dim}) expected beside queries {q.Shape} of {use.Heads} heads; given {s.Inputs[1].Shape} and {s.Inputs[2].Shape}");
        long rows = q.Shape[0];
        s.Output(q.DType, new Shape(rows, use.Heads * dim));
        s.Save(q.DType, new Shape(rows, use.Heads));
        if (q.DType == DType.F64)
            return;
        s.Workspace = Attention.WorkspaceBytes(rows, spans.Shape[0], use.Heads, use.KvHeads, dim, s.Workers);
        s.BackwardWorkspace = Attention.BackwardWorkspaceBytes(dim, use.Longest, s.Workers);
    }

    private static int HeadDim(in Shape rows, int heads)
    {
        if (rows.Rank != 2 || rows[1] % heads != 0 || rows[1] / heads is < 1 or > Attention.MaxHeadDim)
            throw new ShapeException($"Attention: rows of {heads} heads of 1 … {Attention.MaxHeadDim} elements expected, given {rows}");
        return (int)(rows[1] / heads);
    }

    public override void Check(in OpArgs a)
    {
        Use use = a.Attributes<Use>();
        new AttentionDropout(use.Rng, use.Dropout).Check(a.Inputs[^1].Shape[0]);
        SpanCheck.Run(a.Inputs[^1], a.Inputs[0].Shape[0], a.Inputs[a.Inputs.Length == 2 ? 0 : 1].Shape[0], use.Causal, use.Longest);
    }

    public override void Forward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            AttentionReference.Forward(Args<double>(a, a.Inputs.Length == 2));
        else
            Attention.Forward(a.Workers, Args<float>(a, a.Inputs.Length == 2), a.Workspace);
    }

    public override void Backward(in OpArgs a)
    {
        long keyRows = a.Inputs[a.Inputs.Length == 2 ? 0 : 1].Shape[0];
        if (a.Inputs[0].DType == DType.F64)
        {
            AttentionGrads<double> grads = Grads<double>(a);
            Attention.ClearOthers(grads, keyRows);
            AttentionReference.Backward(grads);
        }
        else
        {
            Attention.Backward(a.Workers, Grads<float>(a), keyRows, a.Attributes<Use>().Longest, a.Workspace);
        }
    }

    internal static AttentionArgs<T> Args<T>(in OpArgs a, bool packed) where T : unmanaged
    {
        Use use = a.Attributes<Use>();
        (TensorView q, TensorView spans, TensorView y) = (a.Inputs[0], a.Inputs[^1], a.Outputs[0]);
        int dim = (int)(y.Shape[1] / use.Heads);
        return new AttentionArgs<T>
        {
            Q = (T*)q.Data,
            K = packed ? (T*)q.Data + use.Heads * dim : (T*)a.Inputs[1].Data,
            V = packed ? (T*)q.Data + (use.Heads + use.KvHeads) * dim : (T*)a.Inputs[2].Data,
            QueryStride = (nint)q.Strides[0],
            KeyStride = (nint)a.Inputs[packed ? 0 : 1].Strides[0],
            ValueStride = (nint)a.Inputs[packed ? 0 : 2].Strides[0],
            Y = (T*)y.Data,
            LogSumExp = a.Saved.IsEmpty ? null : (T*)a.Saved[0].Data,
            Spans = spans.I64,
            Sequences = spans.Shape[0],
            Rows = q.Shape[0],
            Heads = use.Heads,
            KvHeads = use.KvHeads,
            HeadDim = dim,
            Scale = use.Scale,
            Softcap = use.Softcap,
            Causal = use.Causal,
            Window = use.Window,
            Dropout = new AttentionDropout(use.Rng, use.Dropout),
        };
    }

    private static AttentionGrads<T> Grads<T>(in OpArgs a) where T : unmanaged
    {
        bool packed = a.Inputs.Length == 2;
        AttentionArgs<T> of = Args<T>(a, packed);
        (TensorView dq, TensorView dk, TensorView dv) = (a.InputGrads[0], a.InputGrads[packed ? 0 : 1], a.InputGrads[packed ? 0 : 2]);
        (int wide, int narrow) = (of.Heads * of.HeadDim, of.KvHeads * of.HeadDim);
        int row = packed ? wide + 2 * narrow : 0;
        return new AttentionGrads<T>
        {
            Of = of,
            Dy = (T*)a.OutputGrads[0].Data,
            Dq = (T*)dq.Data,
            Dk = dk.IsNone ? null : (T*)dk.Data + (packed ? wide : 0),
            Dv = dv.IsNone ? null : (T*)dv.Data + (packed ? wide + narrow : 0),
            DqStride = packed ? row : wide,
            DkStride = packed ? row : narrow,
            DvStride = packed ? row : narrow,
        };
    }

    public override IEnumerable<OpSample> Samples =>
    [
        new("causal", Attributes(2, 2, 3, causal: true), new SampleInput(new Shape(8, 12)), SampleInput.Given(new Shape(3, 4), 0, 4, 0, 4, 4, 1, 4, 1, 5, 3, 5, 3)),
        new("grouped, a window", Attributes(4, 2, 4, causal: true, window: 2), new SampleInput(new Shape(5, 16)), SampleInput.Given(new Shape(1, 4), 0, 5, 0, 5)),
        new("other keys", Attributes(2, 1, 3, causal: false), new SampleInput(new Shape(5, 6)), new SampleInput(new Shape(9, 3)), new SampleInput(new Shape(9, 3)),
            SampleInput.Given(new Shape(2, 4), 0, 2, 0, 3, 2, 3, 4, 5)),
        new("a cap", OpAttributes.Of(new Use(2, 1, 0.7, Causal: true, 0, 8, Softcap: 0.8)), new SampleInput(new Shape(5, 12)), SampleInput.Given(new Shape(1, 4), 0, 5, 0, 5)),
        new("the last of many keys", Attributes(1, 1, 3, causal: true), new SampleInput(new Shape(3, 2)), new SampleInput(new Shape(6, 2)), new SampleInput(new Shape(6, 2)),
            SampleInput.Given(new Shape(1, 4), 0, 3, 0, 6)),
        new("dropout", Attributes(2, 1, 5, causal: false, dropout: 0.4), new SampleInput(new Shape(7, 12)), SampleInput.Given(new Shape(2, 4), 0, 5, 0, 5, 5, 2, 5, 2)),
    ];

    private static OpAttributes Attributes(int heads, int kvHeads, long longest, bool causal, long window = 0, double dropout = 0) =>
        OpAttributes.Of(new Use(heads, kvHeads, 0.7, causal, window, Math.Max(longest, 8), dropout, new Rng(1, "sample")));
}

public static class AttentionExtensions
{
    extension(Tensor q)
    {
        /// <summary>Attention of queries q (N, heads·headDim) to keys and values of other rows.</summary>
        /// <param name="k">(M, kvHeads·headDim).</param>
        /// <param name="v">(M, kvHeads·headDim).</param>
        /// <param name="spans">Which rows belong to one sequence.</param>
        /// <param name="options">Heads, what a query may see, and dropout of the weights in training.</param>
        /// <param name="stream">Names the random stream of dropout within the scope's: the layer's path.</param>
        /// <exception cref="ShapeException">The sizes do not fit, or a span leaves the rows.</exception>
        /// <exception cref="InvalidOperationException">Weights are to be dropped in a training scope without an <see cref="Rng"/>.</exception>
        public Tensor Attention(Tensor k, Tensor v, TokenSpans spans, in AttentionOptions options, string stream = "") =>
            Dispatch.Run(AttentionOp.Instance, options.Use(spans.Longest, HeadDim(q, options.Heads), stream), q, k, v, spans.Table);

        /// <summary>The same for queries, keys and values side by side in the rows of one tensor: (N, (heads + 2 kvHeads)·headDim).</summary>
        /// <inheritdoc cref="Attention"/>
        public Tensor SelfAttention(TokenSpans spans, in AttentionOptions options, string stream = "") =>
            Dispatch.Run(AttentionOp.Instance, options.Use(spans.Longest, HeadDim(q, options.Heads + 2 * options.KvHeads), stream), q, spans.Table);
    }

    // Of what fits; the operation refuses the rest.
    private static int HeadDim(Tensor rows, int heads) => (int)Math.Clamp(rows.Shape[-1] / heads, 1, Sarsen.Tensors.Kernels.Attention.MaxHeadDim);
}
