using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Self-attention and a feed-forward network, each added to what goes in and normalised: x = norm1(x + attend(x)),
/// x = norm2(x + linear2(f(linear1(x)))); with <c>normFirst</c> x = x + attend(norm1(x)), x = x + …(norm2(x)). Parameters as in
/// PyTorch's TransformerEncoderLayer: <c>self_attn</c>, <c>linear1</c>, <c>linear2</c>, <c>norm1</c>, <c>norm2</c>. Dropout acts on what is added,
/// within the feed-forward network and on attention's weights. (B, T, C) stays so.
/// Sources: Vaswani et al., 2017; Xiong et al., «On layer normalization in the transformer architecture», 2020.
/// </summary>
public sealed class TransformerEncoderLayer : Module
{
    private readonly TransformerFeedForward _feedForward;
    private readonly Dropout _dropout1;
    private readonly Dropout _dropout2;

    /// <param name="dModel">C.</param>
    /// <param name="numHeads">Heads, a divisor of C.</param>
    /// <param name="dimFeedforward">Elements within the feed-forward network.</param>
    /// <param name="dropout">The probability of dropout.</param>
    /// <param name="activation">f.</param>
    /// <param name="layerNormEps">Added to variances.</param>
    /// <param name="normFirst">Normalise what attention and the network are given, and not their sums.</param>
    /// <param name="bias">Do the linear maps have biases.</param>
    /// <param name="causal">A position sees none after it: a decoder without a memory.</param>
    /// <param name="type">The type of the parameters.</param>
    public TransformerEncoderLayer(int dModel, int numHeads, int dimFeedforward = 2048, double dropout = 0.1,
        ActivationFunction activation = ActivationFunction.Relu, double layerNormEps = 1e-5, bool normFirst = false, bool bias = true,
        bool causal = false, DType type = DType.F32) : base(type)
    {
        NormFirst = normFirst;
        SelfAttn = AddChild("self_attn", new MultiheadAttention(dModel, numHeads, bias, causal, type: type, dropout: dropout));
        _feedForward = new TransformerFeedForward(dModel, dimFeedforward, dropout, activation, bias, type);
        _feedForward.AddTo((name, module) => AddChild(name, module));
        Norm1 = AddChild("norm1", new LayerNorm(dModel, layerNormEps, type));
        Norm2 = AddChild("norm2", new LayerNorm(dModel, layerNormEps, type));
        _dropout1 = AddChild("dropout1", new Dropout(dropout));
        _dropout2 = AddChild("dropout2", new Dropout(dropout));
    }

    public bool NormFirst { get; }

    public MultiheadAttention SelfAttn { get; }

    public LayerNorm Norm1 { get; }

    public LayerNorm Norm2 { get; }

    protected override Tensor Forward(Tensor x) => Forward(x, x.Rank == 3 ? TokenSpans.Of(x) : default);

    /// <summary>As <see cref="Module.Call"/>, where <paramref name="spans"/> say which keys count.</summary>
    public Tensor Call(Tensor x, TokenSpans spans)
    {
        ModuleCall call = BeginCall();
        return EndCall(call, Forward(x, spans));
    }

    private Tensor Forward(Tensor x, TokenSpans spans)
    {
        if (NormFirst)
        {
            x += _dropout1.Call(SelfAttn.Call(Norm1.Call(x), spans));
            return x + _dropout2.Call(_feedForward.Run(Norm2.Call(x)));
        }
        x = Norm1.Call(x + _dropout1.Call(SelfAttn.Call(x, spans)));
        return Norm2.Call(x + _dropout2.Call(_feedForward.Run(x)));
    }
}
