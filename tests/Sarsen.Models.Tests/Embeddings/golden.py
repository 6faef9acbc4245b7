"""BERT and RoBERTa by hand in PyTorch, f64: writes EmbeddingGolden.cs beside this file.

Stored tensor p (in the order of their names), element i is 0.6 (frac((i i + 3 i + 1) 0.6180339887498949 + 0.1 p) - 0.5), as the
decoders' goldens have it. The ids of text s, of length L, are (7 + 3 t t + t + s) mod the vocabulary, t < L.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
LENGTHS = [5, 1, 9]

BERT = dict(model_type="bert", vocab_size=23, hidden_size=12, num_hidden_layers=2, num_attention_heads=3, intermediate_size=20,
            max_position_embeddings=16, type_vocab_size=2, hidden_act="gelu", layer_norm_eps=1e-12)

CASES = {
    "bert": (BERT, "bert.", 0, "mean", False),
    "bert_cls": (BERT | dict(hidden_act="gelu_new"), "", 0, "cls", True),
    "roberta": (BERT | dict(model_type="xlm-roberta", type_vocab_size=1, max_position_embeddings=18, pad_token_id=1, layer_norm_eps=1e-5), "roberta.", 2, "mean", True),
}


def shapes(c, prefix):
    h, inner = c["hidden_size"], c["intermediate_size"]
    s = {}

    def linear(name, rows, width):
        s[prefix + name + ".weight"], s[prefix + name + ".bias"] = (rows, width), (rows,)

    def norm(name):
        s[prefix + name + ".weight"], s[prefix + name + ".bias"] = (h,), (h,)

    for name, rows in (("word", c["vocab_size"]), ("position", c["max_position_embeddings"]), ("token_type", c["type_vocab_size"])):
        s[f"{prefix}embeddings.{name}_embeddings.weight"] = (rows, h)
    norm("embeddings.LayerNorm")
    for i in range(c["num_hidden_layers"]):
        p = f"encoder.layer.{i}."
        for name in ("query", "key", "value"):
            linear(p + "attention.self." + name, h, h)
        linear(p + "attention.output.dense", h, h)
        norm(p + "attention.output.LayerNorm")
        linear(p + "intermediate.dense", inner, h)
        linear(p + "output.dense", h, inner)
        norm(p + "output.LayerNorm")
    return s


def fill(tensors):
    filled = {}
    for p, (name, shape) in enumerate(sorted(tensors.items())):
        i = torch.arange(math.prod(shape), dtype=torch.float64)
        u = (i * i + 3 * i + 1) * 0.6180339887498949 + 0.1 * p
        filled[name] = (0.6 * (u - torch.floor(u) - 0.5)).reshape(shape)
    return filled


def encode(c, w, prefix, offset, ids):
    h, heads, eps = c["hidden_size"], c["num_attention_heads"], c["layer_norm_eps"]
    t, d = len(ids), h // heads
    get = lambda name: w[prefix + name]
    linear = lambda y, name: F.linear(y, get(name + ".weight"), get(name + ".bias"))
    norm = lambda y, name: F.layer_norm(y, (h,), get(name + ".weight"), get(name + ".bias"), eps)
    gelu = F.gelu if c["hidden_act"] == "gelu" else lambda y: 0.5 * y * (1 + torch.tanh(math.sqrt(2 / math.pi) * (y + 0.044715 * y ** 3)))
    x = get("embeddings.word_embeddings.weight")[ids] + get("embeddings.position_embeddings.weight")[offset:offset + t] + get("embeddings.token_type_embeddings.weight")[0]
    x = norm(x, "embeddings.LayerNorm")
    for i in range(c["num_hidden_layers"]):
        p = f"encoder.layer.{i}."
        q, k, v = (linear(x, f"{p}attention.self.{n}").reshape(t, heads, d).transpose(0, 1) for n in ("query", "key", "value"))
        a = (F.softmax(q @ k.transpose(-2, -1) / math.sqrt(d), -1) @ v).transpose(0, 1).reshape(t, h)
        x = norm(x + linear(a, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        x = norm(x + linear(gelu(linear(x, p + "intermediate.dense")), p + "output.dense"), p + "output.LayerNorm")
    return x


def main():
    lines = ["namespace Sarsen.Models.Tests.Embeddings;", "",
             "/// <summary>Written by golden.py: a config.json, the stored tensors' names and shapes, and the vectors of three texts.</summary>",
             "internal sealed record EmbeddingGolden(string Name, string Config, string Pooling, bool Normalize, (string Name, long[] Shape)[] Tensors, double[] Vectors)", "{",
             f"    public static readonly int[] Lengths = [{', '.join(map(str, LENGTHS))}];", "",
             "    public static readonly EmbeddingGolden[] All =", "    ["]
    for name, (c, prefix, offset, pooling, normalize) in CASES.items():
        tensors = shapes(c, prefix)
        w, vectors = fill(tensors), []
        for s, length in enumerate(LENGTHS):
            t = torch.arange(length)
            x = encode(c, w, prefix, offset, (7 + 3 * t * t + t + s) % c["vocab_size"])
            y = x.mean(0) if pooling == "mean" else x[0]
            vectors += (F.normalize(y, dim=0) if normalize else y).tolist()
        stored = ", ".join(f'("{n}", [{", ".join(map(str, s))}])' for n, s in sorted(tensors.items()))
        lines += [f'        new("{name}", """{json.dumps(c)}""", "{pooling}", {str(normalize).lower()},', f"            [{stored}],",
                  f"            [{', '.join(f'{v:.12g}' for v in vectors)}]),"]
    lines += ["    ];", "}", ""]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "EmbeddingGolden.cs"), "w") as f:
        f.write("\n".join(lines))


main()
