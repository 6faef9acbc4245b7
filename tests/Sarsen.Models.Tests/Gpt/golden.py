"""A GPT made by hand in PyTorch, f64: writes GptGolden.cs beside this file.

Logits and gradients of one batch, and the losses of twenty AdamW steps. Parameter p (in the order of the state dict),
element i is 0.6 (frac((i i + 3 i + 1) 0.6180339887498949 + 0.1 p) - 0.5), plus 1 for the weights of norms, so that both sides
start from the same numbers; the id of row b, position t is (7 b + 3 t t + t) mod 11, the target that of t + 1.
"""
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)
LAYERS, C, HEADS, CONTEXT, VOCAB, B, T = 2, 12, 3, 10, 11, 2, 9


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(C, 3 * C), nn.Linear(C, C)

    def forward(self, x):
        b, t, c = x.shape
        q, k, v = (z.view(b, t, HEADS, c // HEADS).transpose(1, 2) for z in self.c_attn(x).split(c, dim=2))
        scores = (q @ k.transpose(-2, -1)) / math.sqrt(c // HEADS)
        scores = scores.masked_fill(torch.triu(torch.ones(t, t, dtype=torch.bool), 1), float("-inf"))
        return self.c_proj((F.softmax(scores, dim=-1) @ v).transpose(1, 2).reshape(b, t, c))


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.c_fc, self.c_proj = nn.Linear(C, 4 * C), nn.Linear(4 * C, C)

    def forward(self, x):
        return self.c_proj(F.gelu(self.c_fc(x)))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.attn, self.ln_2, self.mlp = nn.LayerNorm(C), Attention(), nn.LayerNorm(C), Mlp()

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp(self.ln_2(x))


class Gpt(nn.Module):
    def __init__(self, tied):
        super().__init__()
        self.transformer = nn.ModuleDict(dict(wte=nn.Embedding(VOCAB, C), wpe=nn.Embedding(CONTEXT, C),
                                              h=nn.ModuleList(Block() for _ in range(LAYERS)), ln_f=nn.LayerNorm(C)))
        self.lm_head = None if tied else nn.Linear(C, VOCAB, bias=False)

    def forward(self, ids):
        t = self.transformer
        x = t.wte(ids) + t.wpe(torch.arange(ids.shape[1]))
        for block in t.h:
            x = block(x)
        x = t.ln_f(x)
        return F.linear(x, t.wte.weight) if self.lm_head is None else self.lm_head(x)


def numbers(values):
    return "[" + ", ".join(f"{float(v):.13g}" for v in values) + "]"


def run(tied):
    model = Gpt(tied)
    for p, (name, parameter) in enumerate(model.named_parameters()):
        i = torch.arange(parameter.numel(), dtype=torch.float64)
        u = (i * i + 3 * i + 1) * 0.6180339887498949 + 0.1 * p
        values = (0.6 * (u - torch.floor(u) - 0.5)).reshape(parameter.shape)
        parameter.data = values + 1 if ".ln_" in name and name.endswith("weight") else values
    names = ", ".join(f'"{n}"' for n, _ in model.named_parameters())
    positions = torch.arange(T + 1)[None, :]
    stream = (7 * torch.arange(B)[:, None] + 3 * positions * positions + positions) % VOCAB
    ids, targets = stream[:, :-1], stream[:, 1:]
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2, betas=(0.9, 0.99), weight_decay=0.1)
    losses = []
    for step in range(20):
        optimizer.zero_grad()
        logits = model(ids)
        loss = F.cross_entropy(logits.reshape(-1, VOCAB), targets.reshape(-1))
        loss.backward()
        if step == 0:
            first, grads = logits.detach(), [p.grad.clone() for p in model.parameters()]
        optimizer.step()
        losses.append(loss.item())
    gradients = "".join(f"\n            {numbers(g.flatten())}," for g in grads)
    return (f"    public static readonly GptGolden {'Tied' if tied else 'Untied'} = new(\n        [{names}],\n        {numbers(first.flatten())},\n"
            f"        [{gradients}\n        ],\n        {numbers(losses)});\n")


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "GptGolden.cs"), "w", newline="\n") as out:
    out.write("""namespace Sarsen.Models.Tests.Gpt;

/// <summary>Written by golden.py: the parameters in PyTorch's order, logits and gradients of the first step, and losses.</summary>
internal sealed record GptGolden(string[] Names, double[] Logits, double[][] Grads, double[] Losses)
{
""" + run(True) + "\n" + run(False) + "}\n")
