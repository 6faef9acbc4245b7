using Sarsen.Nn.Autograd;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

public static class RecurrentExtensions
{
    extension(Tensor x)
    {
        /// <summary>h' = f(W_ih x + b_ih + W_hh h + b_hh) over the steps of (T, N, in), from zeros where no state is given.</summary>
        /// <param name="weights">The layer's parameters.</param>
        /// <param name="hidden">The first state, (N, H).</param>
        /// <param name="relu">f is relu, or else tanh.</param>
        /// <param name="lengths">Steps of each sequence, (N) in I64, each 0 … T; none for T. Outputs beyond are zero, states stay.</param>
        public RecurrentResult Rnn(RecurrentWeights weights, Tensor hidden = default, bool relu = false, Tensor lengths = default) =>
            Run(relu ? RnnOp.WithRelu : RnnOp.WithTanh, x, weights, hidden, default, lengths, hasCell: false);

        /// <summary>A long short-term memory over the steps of (T, N, in), from zeros where no state is given.</summary>
        public RecurrentResult Lstm(RecurrentWeights weights, Tensor hidden = default, Tensor cell = default, Tensor lengths = default) =>
            Run(LstmOp.Instance, x, weights, hidden, cell, lengths, hasCell: true);

        /// <summary>Gated recurrent units over the steps of (T, N, in), from zeros where no state is given.</summary>
        public RecurrentResult Gru(RecurrentWeights weights, Tensor hidden = default, Tensor lengths = default) =>
            Run(GruOp.Instance, x, weights, hidden, default, lengths, hasCell: false);
    }

    private static RecurrentResult Run(RecurrentOp op, Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, Tensor lengths, bool hasCell)
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
        OpAttributes attributes = OpAttributes.Of(new RecurrentOp.Use(HasLengths: !lengths.IsNone));
        if (!lengths.IsNone)
        {
            lengths = lengths.Contiguous();
            inputs[count++] = lengths;
        }
        TensorList results = default;
        Dispatch.Run(op, attributes, ((ReadOnlySpan<Tensor>)inputs)[..count], results);
        return new RecurrentResult(results[0], results[1], results[2]);
    }
}
