using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

public static class RecurrentExtensions
{
    extension(Tensor x)
    {
        /// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh) over the steps of (T, N, in), from zeros where no state is given.</summary>
        public RecurrentResult Rnn(RecurrentWeights weights, Tensor hidden = default, bool relu = false) =>
            Run(relu ? RnnOp.WithRelu : RnnOp.WithTanh, x, weights, hidden, default, hasCell: false);

        /// <summary>A long short-term memory over the steps of (T, N, in), from zeros where no state is given.</summary>
        public RecurrentResult Lstm(RecurrentWeights weights, Tensor hidden = default, Tensor cell = default) =>
            Run(LstmOp.Instance, x, weights, hidden, cell, hasCell: true);

        /// <summary>Gated recurrent units over the steps of (T, N, in), from zeros where no state is given.</summary>
        public RecurrentResult Gru(RecurrentWeights weights, Tensor hidden = default) =>
            Run(GruOp.Instance, x, weights, hidden, default, hasCell: false);
    }

    private static RecurrentResult Run(RecurrentOp op, Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, bool hasCell)
    {
        var state = new Shape(x.Shape[1], weights.HiddenToHidden.Value.Shape[1]);
        TensorList inputs = default;
        int count = 0;
        inputs[count++] = x;
        inputs[count++] = hidden.IsNone ? ZerosOp.Of(x.DType, state) : hidden;
        if (hasCell)
            inputs[count++] = cell.IsNone ? ZerosOp.Of(x.DType, state) : cell;
        inputs[count++] = weights.InputToHidden;
        inputs[count++] = weights.HiddenToHidden;
        if (weights.InputBias is not null && weights.HiddenBias is not null)
        {
            inputs[count++] = weights.InputBias;
            inputs[count++] = weights.HiddenBias;
        }
        TensorList results = default;
        Dispatch.Run(op, default, ((ReadOnlySpan<Tensor>)inputs)[..count], results);
        return new RecurrentResult(results[0], results[1], results[2]);
    }
}
