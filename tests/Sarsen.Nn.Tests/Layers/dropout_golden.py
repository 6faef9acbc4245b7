"""Twenty training steps with dropout, in f64: writes DropoutGolden.cs beside this file.

PyTorch's own masks depend on its generator; these are made by philox.py, for seed 9, the stream "losses" and within it the
layer's path in the network, and everything else is PyTorch's. The first dimension counts samples.
"""
import copy
import os

import torch
from torch import nn

from layer_case import arrays, rounded
from layer_steps import losses
from philox import kept, key

torch.set_default_dtype(torch.float64)
torch.manual_seed(31)


class Dropped(nn.Module):
    """y = x m / (1 - p), by the masks of a path."""

    def __init__(self, probability, path):
        super().__init__()
        self.probability, self.path, self.step = probability, path, 0

    def forward(self, x):
        mask = kept(key(9, "losses", self.path), self.step, x.shape[0], x[0].numel(), self.probability)
        return x * torch.from_numpy(mask).reshape(x.shape) / (1 - self.probability)


def run(text, module, inputs, call=lambda m, *x: [m(*x)]):
    module.train()
    for parameter in module.parameters():
        parameter.data = rounded(*parameter.shape) * 0.5
    state = [(n, t.clone()) for n, t in module.state_dict().items()]
    results = call(copy.deepcopy(module), *[t for _, t in inputs])
    return (f"        new(t => new {text},\n            {arrays(inputs)},\n            {arrays(state)},\n"
            f"            {arrays([('y', r) for r in results])},\n            {losses(module, inputs, call)}),")


x = [("x", rounded(3, 5, 6))]
cases = [
    run("Dropout(0.3)", Dropped(0.3, "layer"), [("x", rounded(5, 3))]),
    run("Dropout(0.5)", Dropped(0.5, "layer"), [("x", rounded(2, 4, 3, 3))]),
    run("Sequential([new Linear(6, 4, type: t), new Dropout(0.2), new Linear(4, 2, type: t)])",
        nn.Sequential(nn.Linear(6, 4), Dropped(0.2, "layer.1"), nn.Linear(4, 2)), x),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "DropoutGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Written by dropout_golden.py: one layer that drops, what goes in, its state, the result of the first step, and the losses of training steps.</summary>
internal sealed record DropoutGolden(Func<DType, Module> Make, LayerGolden.Values[] Inputs, LayerGolden.Values[] State, LayerGolden.Values[] Results, double[] Losses)
{
    public static readonly DropoutGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
