using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <param name="Output">The hidden state of the last layer at every step; of both directions side by side, where there are two.</param>
/// <param name="Hidden">The hidden state after each sequence's last step, (layers · directions, N, H).</param>
/// <param name="Cell">The cell state there, (layers · directions, N, H); none but for LSTM.</param>
public readonly record struct RecurrentResult(Tensor Output, Tensor Hidden, Tensor Cell);

/// <summary>
/// What RNN, LSTM and GRU share: layers of <c>weight_ih_l{k}</c> (G·H, in), <c>weight_hh_l{k}</c> (G·H, H),
/// <c>bias_ih_l{k}</c> and <c>bias_hh_l{k}</c> (G·H), all uniform in ±1/√H at first, as PyTorch's; G is the number of
/// gates. The input is (T, N, in), or (N, T, in) with <c>batchFirst</c>. Bidirectional ones have a second set of each layer,
/// <c>weight_ih_l{k}_reverse</c> and so on, which reads the sequences from their ends (Schuster and Paliwal, 1997); layers above the first
/// then take 2 H.
/// </summary>
public abstract class Recurrent : Module
{
    private static readonly string[] s_layerNames = [.. Enumerable.Range(0, Dispatch.MaxInputs).Select(k => k.ToString())];

    private readonly List<RecurrentWeights> _layers = [];

    private protected Recurrent(int gates, long inputSize, long hiddenSize, int numLayers, bool bias, bool batchFirst, double dropout, bool bidirectional, DType type)
        : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inputSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(hiddenSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(numLayers, 1);
        Directions = bidirectional ? 2 : 1;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numLayers, Dispatch.MaxInputs / Directions);
        ArgumentOutOfRangeException.ThrowIfNegative(dropout);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(dropout, 1);
        (InputSize, HiddenSize, BatchFirst, Dropout) = (inputSize, hiddenSize, batchFirst, dropout);
        double bound = 1 / Math.Sqrt(hiddenSize);
        var uniform = new UniformInitializer(-bound, bound);
        for (int k = 0; k < numLayers * Directions; k++)
        {
            string name = $"l{k / Directions}{(k % Directions == 1 ? "_reverse" : "")}";
            _layers.Add(new RecurrentWeights(
                AddParameter($"weight_ih_{name}", new Shape(gates * hiddenSize, k < Directions ? inputSize : Directions * hiddenSize), uniform),
                AddParameter($"weight_hh_{name}", new Shape(gates * hiddenSize, hiddenSize), uniform),
                bias ? AddParameter($"bias_ih_{name}", new Shape(gates * hiddenSize), uniform) : null,
                bias ? AddParameter($"bias_hh_{name}", new Shape(gates * hiddenSize), uniform) : null));
        }
    }

    public long InputSize { get; }

    public long HiddenSize { get; }

    public bool BatchFirst { get; }

    /// <summary>2 for a bidirectional one, else 1.</summary>
    public int Directions { get; }

    /// <summary>The probability of dropout between layers.</summary>
    public double Dropout { get; }

    /// <summary>The parameters of each layer, its two directions one after the other.</summary>
    public IReadOnlyList<RecurrentWeights> Layers => _layers;

    /// <summary>The hidden states of the last layer at every step.</summary>
    protected override Tensor Forward(Tensor x) => Run(x).Output;

    /// <summary>The output and the final states, from a given start or from zeros.</summary>
    /// <param name="x">(T, N, in), or (N, T, in) with <see cref="BatchFirst"/>.</param>
    /// <param name="hidden">(layers · directions, N, H); zeros when none.</param>
    /// <param name="cell">LSTM only: (layers · directions, N, H); zeros when none.</param>
    /// <param name="lengths">
    /// Steps of each sequence, (N) in I64, each 0 … T; none for T: PyTorch's packed sequences. Every sequence is computed as it would be
    /// alone, to the bit; outputs beyond its length are zero, and the states are those at its end. What x holds there must be finite.
    /// </param>
    /// <exception cref="ShapeException">The shapes do not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A length is not in 0 … T.</exception>
    public RecurrentResult Run(Tensor x, Tensor hidden = default, Tensor cell = default, Tensor lengths = default)
    {
        if (x.Rank != 3 || x.Shape[2] != InputSize)
            throw new ShapeException($"{Kind} at '{Path}': an input of {(BatchFirst ? "(N, T" : "(T, N")}, {InputSize}) expected, it has the shape {x.Shape}");
        x = BatchFirst ? x.Transpose(0, 1) : x; // (T, N, in)
        TensorList hiddens = default, cells = default;
        for (int k = 0; k < _layers.Count; k += Directions)
        {
            x = k > 0 && Dropout > 0 ? DropBetween(x, k / Directions) : x;
            Tensor input = x;
            for (int d = 0; d < Directions; d++)
            {
                RecurrentResult layer = RunLayer(d == 0 ? input : input.Flip(lengths), _layers[k + d],
                    hidden.IsNone ? default : hidden.Select(0, k + d), cell.IsNone ? default : cell.Select(0, k + d), lengths);
                x = d == 0 ? layer.Output : Tensor.Concat(2, x, layer.Output.Flip(lengths)); // (T, N, directions · H)
                (hiddens[k + d], cells[k + d]) = (layer.Hidden, layer.Cell);
            }
        }
        return new RecurrentResult(BatchFirst ? x.Transpose(0, 1) : x, Stack(hiddens), cells[0].IsNone ? default : Stack(cells));
    }

    private protected abstract RecurrentResult RunLayer(Tensor x, RecurrentWeights weights, Tensor hidden, Tensor cell, Tensor lengths);

    /// <summary>Dropout of (T, N, H) whose masks belong to the samples, as everywhere, and not to the steps.</summary>
    private Tensor DropBetween(Tensor x, int layer) =>
        x.Transpose(0, 1).Dropout(Dropout, Path, s_layerNames[layer]).Transpose(0, 1);

    private Tensor Stack(TensorList states)
    {
        for (int k = 0; k < _layers.Count; k++)
            states[k] = states[k].Unsqueeze(0); // (1, N, H)
        return _layers.Count == 1 ? states[0] : Tensor.Concat(0, ((ReadOnlySpan<Tensor>)states)[.._layers.Count]); // (layers, N, H)
    }
}
