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


class DroppedAttention(nn.Module):
    """nn.MultiheadAttention's parameters and formula, its softmax dropped by the masks of a path: (query, head, keys up to a multiple of four)."""

    def __init__(self, size, heads, probability, path, causal=False):
        super().__init__()
        whole = nn.MultiheadAttention(size, heads, batch_first=True)
        self.in_proj_weight, self.in_proj_bias, self.out_proj = whole.in_proj_weight, whole.in_proj_bias, whole.out_proj
        self.heads, self.probability, self.path, self.causal, self.step = heads, probability, path, causal, 0

    def forward(self, x, memory=None):
        memory = x if memory is None else memory
        parts = [t @ w.T + b for t, w, b in zip((x, memory, memory), self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3))]
        q, k, v = (t.view(*t.shape[:2], self.heads, -1).transpose(1, 2) for t in parts)  # (B, H, T, D) and (B, H, M, D)
        scores = q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5
        if self.causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), float("-inf"))
        batch, heads, queries, keys = scores.shape
        mask = kept(key(9, "losses", self.path), self.step, batch, queries * heads * ((keys + 3) // 4 * 4), self.probability)
        mask = torch.from_numpy(mask).view(batch, queries, heads, -1)[..., :keys].transpose(1, 2)
        y = (scores.softmax(-1) * mask / (1 - self.probability)) @ v
        return self.out_proj(y.transpose(1, 2).reshape(x.shape))


class Encoder(nn.TransformerEncoderLayer):
    """PyTorch's layer with all its dropouts by the masks of paths."""

    def __init__(self, size, heads, hidden, probability):
        super().__init__(size, heads, hidden, 0.0, batch_first=True)
        self.self_attn = DroppedAttention(size, heads, probability, "layer.self_attn")
        for name in ("dropout", "dropout1", "dropout2"):
            setattr(self, name, Dropped(probability, f"layer.{name}"))

    def forward(self, x):
        x = self.norm1(x + self.dropout1(self.self_attn(x)))
        return self.norm2(x + self.dropout2(self.linear2(self.dropout(self.activation(self.linear1(x))))))


class Decoder(nn.TransformerDecoderLayer):
    def __init__(self, size, heads, hidden, probability):
        super().__init__(size, heads, hidden, 0.0, batch_first=True)
        self.self_attn = DroppedAttention(size, heads, probability, "layer.self_attn", causal=True)
        self.multihead_attn = DroppedAttention(size, heads, probability, "layer.multihead_attn")
        for name in ("dropout", "dropout1", "dropout2", "dropout3"):
            setattr(self, name, Dropped(probability, f"layer.{name}"))

    def forward(self, x, memory):
        x = self.norm1(x + self.dropout1(self.self_attn(x)))
        x = self.norm2(x + self.dropout2(self.multihead_attn(x, memory)))
        return self.norm3(x + self.dropout3(self.linear2(self.dropout(self.activation(self.linear1(x))))))


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
    run("MultiheadAttention(6, 2, type: t, dropout: 0.3)", DroppedAttention(6, 2, 0.3, "layer"), x),
    run("MultiheadAttention(6, 3, causal: true, type: t, dropout: 0.5)", DroppedAttention(6, 3, 0.5, "layer", causal=True), x),
    run("MultiheadAttention(6, 2, type: t, dropout: 0.2)", DroppedAttention(6, 2, 0.2, "layer"), x + [("memory", rounded(3, 7, 6))]),
    run("TransformerEncoderLayer(6, 3, 10, 0.2, type: t)", Encoder(6, 3, 10, 0.2), x),
    run("TransformerDecoderLayer(6, 2, 10, 0.2, type: t)", Decoder(6, 2, 10, 0.2), x + [("memory", rounded(3, 4, 6))]),
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
