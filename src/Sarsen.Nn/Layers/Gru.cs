using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// r, z = σ(…), n = tanh(W_in x + b_in + r ⊙ (W_hn h + b_hn)), h_t = (1 - z) ⊙ n + z ⊙ h_{t-1} (Cho et al., 2014).
/// Parameters and shapes: see <see cref="Recurrent"/>; PyTorch's GRU, gates in the order r, z, n.
/// </summary>
public sealed class Gru(long inputSize, long hiddenSize, int numLayers = 1, bool bias = true,
    bool batchFirst = false, double dropout = 0, DType type = DType.F32, bool bidirectional = false)
    : Recurrent(3, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, type)
{
    private protected override RecurrentResult RunLayer(Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, Tensor lengths) =>
        x.Gru(weights, hidden, lengths);
}
