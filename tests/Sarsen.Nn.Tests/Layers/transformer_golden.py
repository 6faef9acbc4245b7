"""Attention and transformer layers of torch.nn, RMS norm and rotary embedding by their formulas, in f64, forward and backward, and twenty steps of training: writes TransformerGolden.cs beside this file.

The loss is the sum over the result's elements of (1 + 0.37 sin(i + 1)) y_i. Inputs and parameters are rounded to three
decimals. Key padding is given as lengths; dropout is off.
"""
import copy
import math
import os

import torch
from torch import nn

from layer_case import array, arrays, rounded
from layer_steps import losses

torch.set_default_dtype(torch.float64)
torch.manual_seed(21)


def padding(lengths, keys):
    return None if lengths is None else torch.arange(keys)[None, :] >= torch.tensor(lengths)[:, None]


def causal(n):
    return torch.triu(torch.ones(n, n, dtype=torch.bool), 1)


def run(text, module, inputs, call, lengths=None):
    module.train()
    for parameter in module.parameters():
        parameter.data = rounded(*parameter.shape) * 0.5
    state = [(n, t.clone()) for n, t in module.state_dict().items()]
    steps = losses(copy.deepcopy(module), inputs, lambda m, *x: [call(m, *x)])
    given = [(n, t.clone().requires_grad_()) for n, t in inputs]
    result = call(module, *[t for _, t in given])
    weights = (1 + 0.37 * torch.sin(torch.arange(result.numel()) + 1.0)).reshape(result.shape)
    (weights * result).sum().backward()
    grads = [(n, t.grad) for n, t in given] + [(n, p.grad) for n, p in module.named_parameters()]
    given = given + ([("lengths", torch.tensor(lengths))] if lengths else [])
    return (f"        new(t => new {text}, {arrays(given)},\n            {arrays(state)},\n"
            f"            {array('y', result)},\n            {arrays(grads)},\n            {steps}),")


class Rms(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


class Rotary(nn.Module):
    """As in Hugging Face's Llama (halves) and GPT-J (interleaved), for heads of `dim` of which the first `turned` elements turn."""

    def __init__(self, dim, turned, theta, interleaved, scale=lambda f: f):
        super().__init__()
        self.dim, self.turned, self.interleaved = dim, turned, interleaved
        self.frequencies = scale(theta ** (-torch.arange(0, turned, 2) / turned))

    def forward(self, x):
        b, t, c = x.shape
        x = x.view(b, t, c // self.dim, self.dim)
        angles = torch.arange(t)[:, None] * self.frequencies[None, :]
        y, rest = x[..., :self.turned], x[..., self.turned:]
        if self.interleaved:
            cos, sin = (z.repeat_interleave(2, -1)[None, :, None, :] for z in (angles.cos(), angles.sin()))
            other = torch.stack((-y[..., 1::2], y[..., ::2]), -1).flatten(-2)
        else:
            cos, sin = (torch.cat((z, z), -1)[None, :, None, :] for z in (angles.cos(), angles.sin()))
            half = self.turned // 2
            other = torch.cat((-y[..., half:], y[..., :half]), -1)
        return torch.cat((y * cos + other * sin, rest), -1).view(b, t, c)


class Positions(nn.Module):
    """x plus a table's rows: a learned one, or that of PyTorch's tutorial on transformers, which is a buffer."""

    def __init__(self, length, size, learned):
        super().__init__()
        if learned:
            self.weight = nn.Parameter(torch.zeros(length, size))
        else:
            angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, size, 2) * (-math.log(10000.0) / size))
            table = torch.zeros(length, size)
            table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()[:, :size // 2]
            self.register_buffer("pe", table)
        self.learned = learned

    def forward(self, x):
        return x + (self.weight if self.learned else self.pe)[:x.shape[1]]


def llama3(frequencies, factor=8.0, low=1.0, high=4.0, original=64):
    """Hugging Face's _compute_llama3_parameters."""
    waves = 2 * math.pi / frequencies
    smooth = (original / waves - low) / (high - low)
    blended = (1 - smooth) * frequencies / factor + smooth * frequencies
    scaled = torch.where(waves > original / low, frequencies / factor, frequencies)
    return torch.where((waves <= original / low) & (waves >= original / high), blended, scaled)


x = [("x", rounded(2, 5, 6))]
wide = [("x", rounded(1, 7, 16))]
short = [("x", rounded(2, 3, 8)), ("memory", rounded(2, 4, 8))]
attention = lambda **k: nn.MultiheadAttention(6, 2, batch_first=True, **k)
encoder = lambda **k: nn.TransformerEncoderLayer(6, 3, 10, 0.0, batch_first=True, **k)
decoder = lambda **k: nn.TransformerDecoderLayer(8, 2, 12, 0.0, batch_first=True, **k)
self_attention = lambda m, x: m(x, x, x)[0]
cases = [
    run("MultiheadAttention(6, 2, type: t)", attention(), x, self_attention),
    run("MultiheadAttention(6, 3, bias: false, type: t)", nn.MultiheadAttention(6, 3, bias=False, batch_first=True), x, self_attention),
    run("MultiheadAttention(6, 2, causal: true, type: t)", attention(), x, lambda m, x: m(x, x, x, attn_mask=causal(5))[0]),
    run("MultiheadAttention(6, 2, type: t)", attention(), x, lambda m, x: m(x, x, x, key_padding_mask=padding([5, 2], 5))[0], [5, 2]),
    run("MultiheadAttention(8, 2, type: t)", nn.MultiheadAttention(8, 2, batch_first=True), short, lambda m, x, y: m(x, y, y)[0]),
    run("MultiheadAttention(8, 2, type: t)", nn.MultiheadAttention(8, 2, batch_first=True), short,
        lambda m, x, y: m(x, y, y, key_padding_mask=padding([1, 3], 4))[0], [1, 3]),
    run("TransformerEncoderLayer(6, 3, 10, 0, type: t)", encoder(), x, lambda m, x: m(x)),
    run("TransformerEncoderLayer(6, 3, 10, 0, ActivationFunction.Gelu, 1e-3, normFirst: true, type: t)",
        encoder(activation="gelu", norm_first=True, layer_norm_eps=1e-3), x, lambda m, x: m(x, src_key_padding_mask=padding([4, 3], 5)), [4, 3]),
    run("TransformerEncoderLayer(6, 3, 10, 0, ActivationFunction.Gelu, normFirst: true, causal: true, type: t)",
        encoder(activation="gelu", norm_first=True), x, lambda m, x: m(x, src_mask=causal(5))),
    run("TransformerDecoderLayer(8, 2, 12, 0, type: t)", decoder(), short, lambda m, x, y: m(x, y, tgt_mask=causal(3))),
    run("TransformerDecoderLayer(8, 2, 12, 0, ActivationFunction.Gelu, normFirst: true, type: t)", decoder(activation="gelu", norm_first=True), short,
        lambda m, x, y: m(x, y, tgt_mask=causal(3), memory_key_padding_mask=padding([2, 4], 4)), [2, 4]),
    run("RmsNorm(6, type: t)", Rms(6, 1e-6), x, lambda m, x: m(x)),
    run("RmsNorm(16, 0.1, t)", Rms(16, 0.1), wide, lambda m, x: m(x)),
    run("RotaryEmbedding(6, type: t)", Rotary(6, 6, 10000, False), x, lambda m, x: m(x)),
    run("RotaryEmbedding(8, 500, 4, interleaved: true, type: t)", Rotary(8, 4, 500, True), wide, lambda m, x: m(x)),
    run("RotaryEmbedding(16, 300, scaling: new RopeScaling(RopeScalingKind.Linear, 4), type: t)", Rotary(16, 16, 300, False, lambda f: f / 4), wide, lambda m, x: m(x)),
    run("RotaryEmbedding(16, 300, scaling: new RopeScaling(RopeScalingKind.Llama3, 8, 1, 4, 64), type: t)", Rotary(16, 16, 300, False, llama3), wide, lambda m, x: m(x)),
    run("LearnedPositionEmbedding(8, 6, t)", Positions(8, 6, True), x, lambda m, x: m(x)),
    run("SinusoidalEmbedding(8, 6, t)", Positions(8, 6, False), x, lambda m, x: m(x)),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "TransformerGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Written by transformer_golden.py: one layer, what goes in, its state, what comes of it, and the losses of training steps.</summary>
internal sealed record TransformerGolden(Func<DType, Module> Make, LayerGolden.Values[] Inputs, LayerGolden.Values[] State,
    LayerGolden.Values Result, LayerGolden.Values[] Grads, double[] Losses)
{
    public static readonly TransformerGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
