"""The peers' half of bench/Sarsen.Bench/Networks.cs: the same networks, under the same names, in PyTorch."""
import math
from collections import namedtuple

import torch
from torch import nn
from torch.nn import functional as F

# input: the sizes of one sample; ids: how many different ids it has, 0 where it is numbers.
Subject = namedtuple("Subject", "input ids build optimizer")


class Recurrent(nn.Module):
    """A recurrent layer, and a linear layer on its last step."""

    def __init__(self, layer):
        super().__init__()
        self.layer, self.head = layer, nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


class Residual(nn.Module):
    """Two convolutions 3x3, added to the input or to its projection. He et al., arXiv 1512.03385."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False), nn.BatchNorm2d(outputs))
        self.shortcut = None if stride == 1 and inputs == outputs else nn.Sequential(
            nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.body(x) + (x if self.shortcut is None else self.shortcut(x)))


def resnet18():
    """With the stem for small pictures: a convolution 3x3, and no pooling."""
    blocks, inputs = [], 64
    for outputs, stride in ((64, 1), (128, 2), (256, 2), (512, 2)):
        blocks += [Residual(inputs, outputs, stride), Residual(outputs, outputs, 1)]
        inputs = outputs
    return nn.Sequential(
        nn.Conv2d(3, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), *blocks,
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 10))


class Attention(nn.Module):
    """Causal attention, with the keys and values of earlier tokens where a cache is given."""

    def __init__(self, width, heads, context):
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.register_buffer("later", torch.ones(context, context, dtype=torch.bool).triu(1), persistent=False)

    def forward(self, x, cache=None, position=0):
        B, T, C = x.shape
        q, k, v = self.qkv(x).view(B, T, 3, self.heads, C // self.heads).permute(2, 0, 3, 1, 4)  # (B, H, T, D) each
        if cache is not None:
            cache[0][:, :, position:position + T], cache[1][:, :, position:position + T] = k, v
            k, v = cache[0][:, :, :position + T], cache[1][:, :, :position + T]
        scores = q @ k.transpose(-2, -1) / math.sqrt(C // self.heads)  # (B, H, T, keys)
        if T > 1:
            scores = scores.masked_fill(self.later[:T, :T], float("-inf"))
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, C))


class Block(nn.Module):
    def __init__(self, width, heads, context):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, heads, context)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x, cache=None, position=0):
        x = x + self.attention(self.norm1(x), cache, position)
        return x + self.mlp(self.norm2(x))


class Gpt(nn.Module):
    """A decoder of GPT-2's kind: learned positions, norms before, exact GELU, the embedding as head."""

    def __init__(self, layers=6, width=384, heads=6, context=256, vocabulary=65):
        super().__init__()
        self.context, self.width, self.heads = context, width, heads
        self.token, self.place = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList(Block(width, heads, context) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        for embedding in (self.token, self.place):
            nn.init.normal_(embedding.weight, std=0.02)
        self.head.weight = self.token.weight
        self.register_buffer("places", torch.arange(context), persistent=False)

    def forward(self, ids, cache=None):
        T, position = ids.shape[1], 0 if cache is None else cache.length
        x = self.token(ids) + self.place(self.places[position:position + T])
        for i, block in enumerate(self.blocks):
            x = block(x, None if cache is None else cache.layers[i], position)
        if cache is not None:
            cache.length += T
        return self.head(self.norm(x))


class Cache:
    """Keys and values (B, H, context, D) of each layer, and how many tokens they are of."""

    def __init__(self, network, batch):
        shape = (batch, network.heads, network.context, network.width // network.heads)
        self.layers, self.length = [(torch.zeros(shape), torch.zeros(shape)) for _ in network.blocks], 0


# The rates are tiny: a network that memorises its batches drives gradients into denormals, which slows every later step.
def adam(network, foreach):
    return torch.optim.Adam(network.parameters(), lr=1e-5, foreach=foreach)


def adamw(network, foreach):
    return torch.optim.AdamW(network.parameters(), lr=1e-5, foreach=foreach)


def momentum(network, foreach):
    return torch.optim.SGD(network.parameters(), lr=1e-5, momentum=0.9, foreach=foreach)


def mlp():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))


def cnn():
    return nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10))


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))


SUBJECTS = {
    "mlp": Subject((784,), 0, mlp, adam),
    "cnn": Subject((1, 28, 28), 0, cnn, adam),
    "lenet5": Subject((1, 32, 32), 0, lenet5, momentum),
    "rnn": Subject((50, 100), 0, lambda: Recurrent(nn.RNN(100, 256, batch_first=True)), adam),
    "lstm": Subject((50, 100), 0, lambda: Recurrent(nn.LSTM(100, 256, batch_first=True)), adam),
    "resnet18": Subject((3, 32, 32), 0, resnet18, momentum),
    "gpt": Subject((256,), 65, Gpt, adamw),
}


def inputs(subject, batch):
    if subject.ids:
        return torch.randint(0, subject.ids, (batch, *subject.input))
    return torch.randn(batch, *subject.input)


def targets(subject, batch):
    if subject.ids:
        return torch.randint(0, subject.ids, (batch, *subject.input))
    return torch.randint(0, 10, (batch,))
