#!/usr/bin/env python3
"""PyTorch's side of bench/quality/language: the same decoder, trained from the same weights on the same batches.

usage: decoder.py FOLDER     (as Sarsen.Bench curve wrote it; adds torch.json with the loss of each step)
"""
import json
import math
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

TYPES = {"F32": np.float32, "I64": np.int64}


def safetensors(path):
    with open(path, "rb") as f:
        header = json.loads(f.read(int.from_bytes(f.read(8), "little")))
        data = f.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(data[e["data_offsets"][0]:e["data_offsets"][1]], TYPES[e["dtype"]]).reshape(e["shape"]).copy())
            for name, e in header.items()}


class RmsNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight, self.eps = nn.Parameter(torch.ones(size)), eps

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


class Layer(nn.Module):
    """Llama's: rotary attention and a gated feed-forward network, a norm before each. Names are Hugging Face's."""

    def __init__(self, c):
        super().__init__()
        size, inner, self.heads, self.d = c["hidden_size"], c["intermediate_size"], c["num_attention_heads"], c["head_dim"]
        self.input_layernorm, self.post_attention_layernorm = (RmsNorm(size, c["rms_norm_eps"]) for _ in range(2))
        self.self_attn, self.mlp = nn.Module(), nn.Module()
        for name in ("q_proj", "k_proj", "v_proj", "o_proj"):
            setattr(self.self_attn, name, nn.Linear(size, size, bias=False))
        for name, a, b in (("gate_proj", size, inner), ("up_proj", size, inner), ("down_proj", inner, size)):
            setattr(self.mlp, name, nn.Linear(a, b, bias=False))

    def forward(self, x, cos, sin, mask):
        B, T, C = x.shape
        h = self.input_layernorm(x)
        q, k, v = (p(h).view(B, T, self.heads, self.d).transpose(1, 2) for p in (self.self_attn.q_proj, self.self_attn.k_proj, self.self_attn.v_proj))

        def turn(y):
            a, b = y.chunk(2, -1)
            return y * cos + torch.cat((-b, a), -1) * sin

        scores = turn(q) @ turn(k).transpose(-2, -1) / math.sqrt(self.d)
        attended = scores.masked_fill(mask, float("-inf")).softmax(-1) @ v
        x = x + self.self_attn.o_proj(attended.transpose(1, 2).reshape(B, T, C))
        h = self.post_attention_layernorm(x)
        return x + self.mlp.down_proj(F.silu(self.mlp.gate_proj(h)) * self.mlp.up_proj(h))


class Decoder(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.model = nn.Module()
        self.model.embed_tokens = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.model.layers = nn.ModuleList(Layer(c) for _ in range(c["num_hidden_layers"]))
        self.model.norm = RmsNorm(c["hidden_size"], c["rms_norm_eps"])
        T, d = c["max_position_embeddings"], c["head_dim"]
        angles = torch.outer(torch.arange(T).double(), c["rope_theta"] ** (-torch.arange(0, d, 2).double() / d)).repeat(1, 2)
        self.cos, self.sin, self.mask = angles.cos().float(), angles.sin().float(), torch.ones(T, T, dtype=torch.bool).triu(1)

    def forward(self, ids):
        x = self.model.embed_tokens(ids)
        for layer in self.model.layers:
            x = layer(x, self.cos, self.sin, self.mask)
        return F.linear(self.model.norm(x), self.model.embed_tokens.weight)


def main(folder):
    config, curve = json.load(open(f"{folder}/initial/config.json")), json.load(open(f"{folder}/curve.json"))
    network, batches = Decoder(config), safetensors(f"{folder}/batches.safetensors")
    network.load_state_dict(safetensors(f"{folder}/initial/model.safetensors"))
    matrices, others = ([p for p in network.parameters() if (p.dim() > 1) == wanted] for wanted in (True, False))
    optimizer = torch.optim.AdamW([{"params": matrices, "weight_decay": 0.1}, {"params": others, "weight_decay": 0}], betas=(0.9, 0.99))
    losses = []
    for ids, following, rate in zip(batches["ids"], batches["next"], curve["rates"]):
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss = F.cross_entropy(network(ids).flatten(0, 1), following.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1)
        optimizer.step()
        losses.append(loss.item())
    json.dump(losses, open(f"{folder}/torch.json", "w"))


main(sys.argv[1])
