using System.Globalization;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Models.Encoders;

/// <summary>
/// Tokens to vectors that know their sequence: an embedding of ids (B, T) in I64, or a linear map of values (B, T, in),
/// positions, transformer layers, and a pooling. Ids that are padding are not attended to and do not count in the mean.
/// Parameters: <c>embedding</c> or <c>input</c>, <c>position</c>, <c>layers.{i}</c> as PyTorch's TransformerEncoder, and with normFirst <c>norm</c>.
/// </summary>
public sealed class TransformerEncoder : Module
{
    private readonly Module _input;
    private readonly Module? _positions;
    private readonly TransformerEncoderLayer[] _layers;
    private readonly LayerNorm? _norm;
    private readonly Dropout _dropout;
    private readonly EncoderPooling _pooling;

    /// <param name="input">An <see cref="Embedding"/>, or a <see cref="Linear"/>, to vectors of C.</param>
    /// <param name="dModel">C.</param>
    /// <param name="maxLength">The most tokens of a sequence.</param>
    /// <param name="positions">What tells where a token stands.</param>
    /// <param name="layers">The layers, of C.</param>
    /// <param name="dropout">The probability of dropout behind the embedding.</param>
    /// <param name="pooling">What becomes of the tokens' vectors.</param>
    public TransformerEncoder(Module input, int dModel, int maxLength, EncoderPositions positions, IEnumerable<TransformerEncoderLayer> layers, double dropout, EncoderPooling pooling)
    {
        _pooling = pooling;
        _input = AddChild(input is Embedding ? "embedding" : "input", input);
        _positions = positions switch
        {
            EncoderPositions.Learned => AddChild("position", new LearnedPositionEmbedding(maxLength, dModel)),
            EncoderPositions.Sinusoidal => AddChild("position", new SinusoidalEmbedding(maxLength, dModel)),
            _ => null,
        };
        _dropout = AddChild("dropout", new Dropout(dropout));
        _layers = [.. layers];
        for (int i = 0; i < _layers.Length; i++)
            AddChild(string.Create(CultureInfo.InvariantCulture, $"layers.{i}"), _layers[i]);
        // Layers that normalise first leave their sum as it is.
        if (_layers is [.., { NormFirst: true }])
            _norm = AddChild("norm", new LayerNorm(dModel));
    }

    protected override Tensor Forward(Tensor x)
    {
        TokenSpans spans = _input is Embedding { PaddingIndex: { } padding } ? TokenSpans.WithoutPadding(x, padding) : TokenSpans.Of(x);
        x = _input.Call(x); // (B, T, C)
        x = _dropout.Call(_positions is null ? x : _positions.Call(x));
        foreach (TransformerEncoderLayer layer in _layers)
            x = layer.Call(x, spans);
        x = _norm is null ? x : _norm.Call(x);
        Shape shape = x.Shape;
        return _pooling switch
        {
            EncoderPooling.Mean => x.Reshape(shape[0] * shape[1], shape[2]).SequenceMean(spans), // (B, C)
            EncoderPooling.First => x.Reshape(shape[0] * shape[1], shape[2]).SequenceFirst(spans), // (B, C)
            _ => x,
        };
    }
}
