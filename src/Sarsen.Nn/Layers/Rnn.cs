using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// h_t = f(W_ih x_t + b_ih + W_hh h_{t-1} + b_hh), f tanh or relu (Elman, 1990). Parameters and shapes: see
/// <see cref="Recurrent"/>; PyTorch's RNN.
/// </summary>
public sealed class Rnn(long inputSize, long hiddenSize, int numLayers = 1, bool relu = false, bool bias = true,
    bool batchFirst = false, double dropout = 0, DType type = DType.F32, bool bidirectional = false)
    : Recurrent(1, inputSize, hiddenSize, numLayers, bias, batchFirst, dropout, bidirectional, type)
{
    private protected override RecurrentResult RunLayer(Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, Tensor lengths) =>
        x.Rnn(weights, hidden, relu, lengths);
}
