"""Layers of torch.nn in f64, forward and backward, and twenty steps of training: writes LayerGolden.cs beside this file.

The loss is the sum over the results' elements, counted through, of (1 + 0.37 sin(i + 1)) y_i. Inputs and parameters are
rounded to three decimals. `num_batches_tracked`, which PyTorch's batch norm counts and does not use, is left out.
"""
import os

import torch
from torch import nn

from layer_case import rounded, run

torch.set_default_dtype(torch.float64)
torch.manual_seed(12)


def recurrent(module, x, *states):
    if isinstance(module, nn.LSTM):
        y, (h, c) = module(x, tuple(states)) if states else module(x)
        return [y, h, c]
    return list(module(x, *states))


def packed(module, x, lengths):
    sequences = nn.utils.rnn.pack_padded_sequence(x, lengths, module.batch_first, enforce_sorted=False)
    y, states = module(sequences)
    y, _ = nn.utils.rnn.pad_packed_sequence(y, module.batch_first, total_length=x.shape[1 if module.batch_first else 0])
    return [y, *states] if isinstance(module, nn.LSTM) else [y, states]


class LastStep(nn.Module):
    def forward(self, x):
        return x[:, -1]


class LastOfBoth(nn.Module):
    def forward(self, x):
        return torch.cat([x[:, -1, :1], x[:, 0, 1:]], -1)


class Celu(nn.Module):
    """torch's own takes 1 / alpha in f32, in f64 too."""

    def forward(self, x):
        return torch.where(x > 0, x, 0.7 * torch.expm1(x / 0.7))


class Hardsigmoid(nn.Module):
    """torch's own takes a sixth in f32, in f64 too."""

    def forward(self, x):
        return (x / 6 + 0.5).clamp(0, 1)


class MeanOfSteps(nn.Module):
    def forward(self, x):
        return x.mean(1)


class RelativeToLast(nn.Module):
    """NLinear of Zeng et al., 2023: its inner part sees how far each step is from the last one."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x[:, -1] + self.inner(x - x[:, -1:])


class Gated(nn.Module):
    def __init__(self, gate):
        super().__init__()
        self.gate = gate

    def forward(self, x):
        a, b = x.chunk(2, -1)
        return a * self.gate(b)


x = [("x", rounded(2, 4, 6, 5))]
rows = [("x", rounded(5, 3))]
wide = [("x", 3 * rounded(6, 4))]
sequence = [("x", rounded(3, 2, 4))]
pool = nn.functional
cases = [
    run("Linear(3, 4, type: t)", nn.Linear(3, 4), rows),
    run("Linear(4, 2, bias: false, type: t)", nn.Linear(4, 2, bias=False), sequence),
    run("Conv2d(4, 3, new Window2d(3, 2), type: t)", nn.Conv2d(4, 3, (3, 2)), x),
    run("Conv2d(4, 2, new Window2d(3, 3) { StrideHeight = 2, PadTop = 1, PadBottom = 1, PadLeft = 2, PadRight = 2 }, type: t)",
        nn.Conv2d(4, 2, 3, stride=(2, 1), padding=(1, 2)), x),
    run("Conv2d(4, 4, new Window2d(2, 2).WithDilation(2).WithPadding(1), groups: 2, bias: false, type: t)",
        nn.Conv2d(4, 4, 2, dilation=2, padding=1, groups=2, bias=False), x),
    run("Conv2d(4, 8, new Window2d(3, 3).WithPadding(1).WithStride(2), groups: 4, type: t)",
        nn.Conv2d(4, 8, 3, padding=1, stride=2, groups=4), x),
    run("MaxPool2d(2)", nn.MaxPool2d(2), x),
    run("MaxPool2d(new Window2d(3, 2).WithStride(2).WithPadding(1), ceilMode: true)", nn.MaxPool2d((3, 2), 2, 1, ceil_mode=True), x),
    run("AvgPool2d(2)", nn.AvgPool2d(2), x),
    run("AvgPool2d(new Window2d(3, 3).WithStride(2).WithPadding(1), ceilMode: true, countIncludePad: false)",
        nn.AvgPool2d(3, 2, 1, ceil_mode=True, count_include_pad=False), x),
    run("Flatten()", nn.Flatten(), x),
    run("Activation(ActivationFunction.LeakyRelu, 0.2)", nn.LeakyReLU(0.2), rows),
    run("Activation(ActivationFunction.Gelu)", nn.GELU(), rows),
    run("Activation(ActivationFunction.GeluTanh)", nn.GELU(approximate="tanh"), rows),
    run("Activation(ActivationFunction.Silu)", nn.SiLU(), rows),
    run("Activation(ActivationFunction.Softplus)", nn.Softplus(), rows),
    run("Activation(ActivationFunction.Elu, alpha: 1.3)", nn.ELU(1.3), rows),
    run("Activation(ActivationFunction.Selu)", nn.SELU(), rows),
    run("Activation(ActivationFunction.Celu, alpha: 0.7)", Celu(), rows),
    run("Activation(ActivationFunction.Mish)", nn.Mish(), rows),
    run("Activation(ActivationFunction.Hardswish)", nn.Hardswish(), wide),
    run("Activation(ActivationFunction.Hardsigmoid)", Hardsigmoid(), wide),
    run("Activation(ActivationFunction.Hardtanh)", nn.Hardtanh(), wide),
    run("Activation(ActivationFunction.Relu6)", nn.ReLU6(), wide),
    run("Activation(ActivationFunction.Softsign)", nn.Softsign(), rows),
    run("Activation(ActivationFunction.LogSigmoid)", nn.LogSigmoid(), rows),
    run("PRelu(type: t)", nn.PReLU(), x),
    run("PRelu(4, type: t)", nn.PReLU(4), x),
    run("PRelu(3, type: t)", nn.PReLU(3), rows),
    run("Glu()", nn.GLU(), sequence),
    run("Glu(dim: 1)", nn.GLU(1), x),
    run("Glu(GluGate.Gelu)", Gated(nn.functional.gelu), sequence),
    run("BatchNorm1d(3, type: t)", nn.BatchNorm1d(3), rows),
    run("BatchNorm1d(2, 1e-3, 0.3, t)", nn.BatchNorm1d(2, 1e-3, 0.3), sequence),
    run("BatchNorm1d(3, type: t)", nn.BatchNorm1d(3), rows, training=False),
    run("BatchNorm2d(4, momentum: 0.2, type: t)", nn.BatchNorm2d(4, momentum=0.2), x),
    run("BatchNorm2d(4, type: t)", nn.BatchNorm2d(4), x, training=False),
    run("LayerNorm(4, type: t)", nn.LayerNorm(4), sequence),
    run("LayerNorm(3, 0.1, t)", nn.LayerNorm(3, 0.1), rows),
    run("Embedding(5, 3, type: t)", nn.Embedding(5, 3), [("x", torch.tensor([[1, 4, 0], [4, 4, 2]]))]),
    run("Embedding(5, 3, 4, t)", nn.Embedding(5, 3, padding_idx=4), [("x", torch.tensor([[1, 4, 0], [4, 4, 2]]))]),
    run("Dropout(0.3)", nn.Dropout(0.3), rows, training=False),
    run("Sequential([new Linear(3, 4, type: t), new Activation(ActivationFunction.Tanh), new Linear(4, 2, type: t)])",
        nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2)), rows),
]
for kind, name in ((nn.RNN, "Rnn"), (nn.GRU, "Gru"), (nn.LSTM, "Lstm")):
    cell = kind is nn.LSTM
    states = lambda layers, n, h: [("h", rounded(layers, n, h))] + ([("c", rounded(layers, n, h))] if cell else [])
    cases += [
        run(f"{name}(4, 3, type: t)", kind(4, 3), sequence, call=recurrent),
        run(f"{name}(4, 3, numLayers: 2, batchFirst: true, type: t)", kind(4, 3, 2, batch_first=True), sequence + states(2, 3, 3), call=recurrent),
        run(f"{name}(4, 3, numLayers: 2, bidirectional: true, type: t)", kind(4, 3, 2, bidirectional=True), sequence + states(4, 2, 3), call=recurrent),
        run(f"{name}(4, 2, batchFirst: true, bidirectional: true, type: t)", kind(4, 2, batch_first=True, bidirectional=True),
            sequence + [("lengths", torch.tensor([2, 1, 2]))], call=packed),
        run(f"{name}(4, 3, numLayers: 2, type: t)", kind(4, 3, 2), [("x", rounded(6, 4, 4)), ("lengths", torch.tensor([3, 6, 1, 5]))], call=packed),
        run(f"{name}(4, 2, bias: false, type: t)", kind(4, 2, bias=False), sequence + states(1, 2, 2), call=recurrent),
    ]
cases.append(run("Rnn(4, 3, 2, relu: true, type: t)", nn.RNN(4, 3, 2, nonlinearity="relu"), sequence, call=recurrent))
cases += [
    run("Softmax()", nn.Softmax(-1), rows),
    run("LogSoftmax()", nn.LogSoftmax(-1), sequence),
    run("Unflatten([4, 5, 6])", nn.Unflatten(1, (4, 5, 6)), [("x", rounded(2, 120))]),
    run("LastStep()", LastStep(), sequence),
    run("LastStep(reversed: 3)", LastOfBoth(), sequence),
    run("Activation(ActivationFunction.Linear)", nn.Identity(), rows),
    run("Activation(ActivationFunction.Relu)", nn.ReLU(), rows),
    run("Activation(ActivationFunction.Sigmoid)", nn.Sigmoid(), wide),
    run("Activation(ActivationFunction.Tanh)", nn.Tanh(), wide),
    run("GlobalAvgPool1d()", MeanOfSteps(), sequence),
    run("RelativeToLast(new Sequential([new Flatten(), new Linear(8, 4, type: t)]))", RelativeToLast(nn.Sequential(nn.Flatten(), nn.Linear(8, 4))), sequence),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "LayerGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Written by golden.py: one layer, what goes in, its state before, what comes of it, and the losses of training steps.</summary>
internal sealed record LayerGolden(Func<DType, Module> Make, bool Training, LayerGolden.Values[] Inputs, LayerGolden.Values[] State,
    LayerGolden.Values[] Results, LayerGolden.Values[] Grads, LayerGolden.Values[] Buffers, double[] Losses)
{
    public sealed record Values(string Name, long[] Shape, double[] Elements);

    public static readonly LayerGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
