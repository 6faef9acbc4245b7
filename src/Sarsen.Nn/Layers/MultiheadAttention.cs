using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Queries, keys and values by three linear maps, attention for each head, and a linear map of the heads' results: PyTorch's
/// MultiheadAttention with <c>batch_first</c>. <c>in_proj_weight</c> (3C, C) and <c>in_proj_bias</c> (3C) hold the maps of
/// queries, keys and values one after the other; <c>out_proj</c> is a <see cref="Linear"/>. In training
/// attention's weights are dropped out with the given probability; which ones follows from the seed, this layer's path, the step,
/// the global sample, query, head and key.
/// </summary>
public sealed class MultiheadAttention : Module
{
    private readonly AttentionOptions _options;

    /// <param name="embedDim">C, a multiple of <paramref name="numHeads"/>.</param>
    /// <param name="numHeads">Heads, each of C / numHeads elements.</param>
    /// <param name="bias">Do the linear maps have biases.</param>
    /// <param name="causal">In self-attention a position sees none after it.</param>
    /// <param name="window">With <paramref name="causal"/>: it sees so many, itself among them; 0 for all.</param>
    /// <param name="type">The type of the parameters.</param>
    /// <param name="dropout">The probability that a weight is dropped in training, at least 0 and below 1.</param>
    /// <exception cref="ArgumentException">The heads do not divide C, or the probability is out of range.</exception>
    public MultiheadAttention(int embedDim, int numHeads, bool bias = true, bool causal = false, long window = 0, DType type = DType.F32, double dropout = 0) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(embedDim, 1);
        _options = new AttentionOptions(numHeads, causal: causal, window: window, dropout: dropout);
        if (embedDim % numHeads != 0)
            throw new ArgumentException($"{numHeads} heads cannot share {embedDim} elements: give a divisor", nameof(numHeads));
        EmbedDim = embedDim;
        InProjWeight = AddParameter("in_proj_weight", new Shape(3L * embedDim, embedDim), new XavierUniformInitializer());
        if (bias)
            InProjBias = AddParameter("in_proj_bias", new Shape(3L * embedDim), new ConstantInitializer());
        OutProj = AddChild("out_proj", new Linear(embedDim, embedDim, bias, type));
        if (OutProj.Bias is { } outBias)
            outBias.Initializer = new ConstantInitializer();
    }

    public int EmbedDim { get; }

    public int NumHeads => _options.Heads;

    public double Dropout => _options.Dropout;

    public Parameter InProjWeight { get; }

    public Parameter? InProjBias { get; }

    public Linear OutProj { get; }

    /// <summary>Self-attention over (B, T, C).</summary>
    protected override Tensor Forward(Tensor x) => Self(x, TokenSpans.Of(Check(x, "the input")));

    /// <summary>Self-attention over (B, T, C), as <see cref="Module.Call"/>, where <paramref name="spans"/> say which keys count.</summary>
    /// <exception cref="ShapeException">The input is not (B, T, C).</exception>
    public Tensor Call(Tensor x, TokenSpans spans)
    {
        ModuleCall call = BeginCall();
        return EndCall(call, Self(Check(x, "the input"), spans));
    }

    /// <summary>Attention from (B, T, C) to a memory (B, M, C), all of which every position sees.</summary>
    /// <param name="x">Where the queries come from.</param>
    /// <param name="memory">Where keys and values come from.</param>
    /// <param name="lengths">(B) in I64: how many positions of the memory count; all when none.</param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is not in 0 … M.</exception>
    public Tensor CallCross(Tensor x, Tensor memory, Tensor lengths = default)
    {
        ModuleCall call = BeginCall();
        (Shape shape, Shape from) = (Check(x, "the input").Shape, Check(memory, "the memory").Shape);
        if (shape[0] != from[0])
            throw new ShapeException($"{Kind} at '{Path}': a memory for each of the {shape[0]} sequences expected, given {from}");
        TokenSpans spans = lengths.IsNone ? TokenSpans.Of(x, from[1]) : TokenSpans.OfLengths(lengths, shape[1], from[1]);
        Tensor q = Rows(x).Linear(InProjWeight.Value.Slice(0, 0, EmbedDim), Bias(0, EmbedDim)); // (B·T, C)
        Tensor kv = Rows(memory).Linear(InProjWeight.Value.Slice(0, EmbedDim, 3 * EmbedDim), Bias(EmbedDim, 3 * EmbedDim)); // (B·M, 2C)
        Tensor y = q.Attention(kv.Slice(1, 0, EmbedDim), kv.Slice(1, EmbedDim, 2 * EmbedDim), spans, new AttentionOptions(NumHeads, dropout: _options.Dropout), Path); // (B·T, C)
        return EndCall(call, OutProj.Call(y).Reshape(shape[0], shape[1], EmbedDim));
    }

    private Tensor Self(Tensor x, TokenSpans spans)
    {
        Shape shape = x.Shape;
        Tensor qkv = Rows(x).Linear(InProjWeight, InProjBias?.Value ?? default); // (B·T, 3C)
        return OutProj.Call(qkv.SelfAttention(spans, _options, Path)).Reshape(shape[0], shape[1], EmbedDim); // (B, T, C)
    }

    private Tensor Bias(long from, long to) => InProjBias is { } bias ? bias.Value.Slice(0, from, to) : default;

    private Tensor Rows(Tensor x) => x.Reshape(x.Shape[0] * x.Shape[1], EmbedDim); // (B, T, C) -> (B·T, C)

    private Tensor Check(Tensor x, string what) => x.Rank == 3 && x.Shape[2] == EmbedDim
        ? x
        : throw new ShapeException($"{Kind} at '{Path}': {what} must be (B, T, {EmbedDim}), it has the shape {x.Shape}");
}
