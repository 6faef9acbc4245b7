using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// i, f, o = σ(…), g = tanh(…), c_t = f ⊙ c_{t-1} + i ⊙ g, h_t = o ⊙ tanh c_t (Hochreiter and Schmidhuber, 1997).
/// Parameters and shapes: see <see cref="Recurrent"/>; PyTorch's LSTM, gates in the order i, f, g, o.
/// </summary>
public sealed class Lstm(long inputSize, long hiddenSize, int numLayers = 1, bool bias = true,
    bool batchFirst = false, double dropout = 0, DType type = DType.F32, bool bidirectional = false)
    : Recurrent(4, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, type)
{
    private protected override RecurrentResult RunLayer(Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, Tensor lengths) =>
        x.Lstm(weights, hidden, cell, lengths);
}
