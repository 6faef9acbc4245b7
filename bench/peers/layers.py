"""Layers that PyTorch 1.13 lacks, or calls otherwise, as it says them best: names for bench/Sarsen.Bench/LayerSubjects.cs."""
import math

import torch
from torch import nn


class Call(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


class Output(nn.Module):
    """A recurrent layer's results of all steps."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class Separable(nn.Sequential):
    def __init__(self, inputs, outputs, kernel):
        super().__init__(nn.Conv2d(inputs, inputs, kernel, padding=kernel // 2, groups=inputs, bias=False), nn.Conv2d(inputs, outputs, 1))


class Rms(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-6) * self.weight


class Positions(nn.Module):
    def __init__(self, length, size):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(length, size))

    def forward(self, x):
        return x + self.weight[:x.shape[1]]


class Sinusoids(nn.Module):
    def __init__(self, length, size):
        super().__init__()
        angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, size, 2) * (-math.log(10000.0) / size))
        self.register_buffer("pe", torch.stack((angles.sin(), angles.cos()), -1).flatten(1))

    def forward(self, x):
        return x + self.pe[:x.shape[1]]


class Rotary(nn.Module):
    """With its tables ready, as Hugging Face's Llama has them."""

    def __init__(self, dim, length):
        super().__init__()
        angles = torch.arange(length)[:, None] * 10000 ** (-torch.arange(0, dim, 2) / dim)[None, :]
        self.dim, self.cos, self.sin = dim, *(torch.cat((z, z), -1)[None, :, None, :] for z in (angles.cos(), angles.sin()))

    def forward(self, x):
        b, t, c = x.shape
        x = x.view(b, t, c // self.dim, self.dim)
        half = self.dim // 2
        return (x * self.cos + torch.cat((-x[..., half:], x[..., :half]), -1) * self.sin).view(b, t, c)


class SelfAttention(nn.Module):
    def __init__(self, size, heads, causal=0, dropout=0.0):
        super().__init__()
        self.attention = nn.MultiheadAttention(size, heads, dropout, batch_first=True)
        self.mask = torch.full((causal, causal), float("-inf")).triu(1) if causal else None

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False, attn_mask=self.mask)[0]


class OverItself(nn.Module):
    """A decoder layer that attends to its own input."""

    def __init__(self, layer, length):
        super().__init__()
        self.layer, self.mask = layer, torch.full((length, length), float("-inf")).triu(1)

    def forward(self, x):
        return self.layer(x, x, tgt_mask=self.mask)


class Shuffle(nn.Module):
    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, x):
        n, c, h, w = x.shape
        return x.reshape(n, self.groups, c // self.groups, h, w).transpose(1, 2).reshape(n, c, h, w)


class Relative(nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return x[:, -1] + self.inner(x - x[:, -1:])


class Residual(nn.Module):
    def __init__(self, body):
        super().__init__()
        self.body = body

    def forward(self, x):
        return x + self.body(x)


class Concat(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.branches], 1)


def build(expression):
    return eval(expression, globals())
