using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Causal self-attention, attention to a memory and a feed-forward network, each added to what goes in and normalised.
/// Parameters as in PyTorch's TransformerDecoderLayer: <c>self_attn</c>, <c>multihead_attn</c>, <c>linear1</c>, <c>linear2</c>, <c>norm1</c>
/// … <c>norm3</c>. Order and dropout: see <see cref="TransformerEncoderLayer"/>. A decoder without a memory is that layer, causal.
/// </summary>
public sealed class TransformerDecoderLayer : Module
{
    private readonly TransformerFeedForward _feedForward;
    private readonly Dropout _dropout1;
    private readonly Dropout _dropout2;
    private readonly Dropout _dropout3;

    /// <inheritdoc cref="TransformerEncoderLayer(int, int, int, double, ActivationFunction, double, bool, bool, bool, DType)"/>
    public TransformerDecoderLayer(int dModel, int numHeads, int dimFeedforward = 2048, double dropout = 0.1,
        ActivationFunction activation = ActivationFunction.Relu, double layerNormEps = 1e-5, bool normFirst = false, bool bias = true,
        bool causal = true, DType type = DType.F32) : base(type)
    {
        NormFirst = normFirst;
        SelfAttn = AddChild("self_attn", new MultiheadAttention(dModel, numHeads, bias, causal, type: type, dropout: dropout));
        MultiheadAttn = AddChild("multihead_attn", new MultiheadAttention(dModel, numHeads, bias, type: type, dropout: dropout));
        _feedForward = new TransformerFeedForward(dModel, dimFeedforward, dropout, activation, bias, type);
        _feedForward.AddTo((name, module) => AddChild(name, module));
        Norm1 = AddChild("norm1", new LayerNorm(dModel, layerNormEps, type));
        Norm2 = AddChild("norm2", new LayerNorm(dModel, layerNormEps, type));
        Norm3 = AddChild("norm3", new LayerNorm(dModel, layerNormEps, type));
        _dropout1 = AddChild("dropout1", new Dropout(dropout));
        _dropout2 = AddChild("dropout2", new Dropout(dropout));
        _dropout3 = AddChild("dropout3", new Dropout(dropout));
    }

    public bool NormFirst { get; }

    public MultiheadAttention SelfAttn { get; }

    public MultiheadAttention MultiheadAttn { get; }

    public LayerNorm Norm1 { get; }

    public LayerNorm Norm2 { get; }

    public LayerNorm Norm3 { get; }

    /// <exception cref="InvalidOperationException">Always: a decoder layer needs a memory.</exception>
    protected override Tensor Forward(Tensor x) => throw new InvalidOperationException(
        $"{Kind} at '{Path}' attends to a memory: call it with one, or use a causal TransformerEncoderLayer, which has none");

    /// <summary>(B, T, C) with a memory (B, M, C) to (B, T, C).</summary>
    /// <param name="x">What is decoded.</param>
    /// <param name="memory">An encoder's result.</param>
    /// <param name="memoryLengths">(B) in I64: how many positions of the memory count; all when none.</param>
    public Tensor Call(Tensor x, Tensor memory, Tensor memoryLengths = default)
    {
        ModuleCall call = BeginCall();
        if (NormFirst)
        {
            x += _dropout1.Call(SelfAttn.Call(Norm1.Call(x)));
            x += _dropout2.Call(MultiheadAttn.CallCross(Norm2.Call(x), memory, memoryLengths));
            return EndCall(call, x + _dropout3.Call(_feedForward.Run(Norm3.Call(x))));
        }
        x = Norm1.Call(x + _dropout1.Call(SelfAttn.Call(x)));
        x = Norm2.Call(x + _dropout2.Call(MultiheadAttn.CallCross(x, memory, memoryLengths)));
        return EndCall(call, Norm3.Call(x + _dropout3.Call(_feedForward.Run(x))));
    }
}
