"""Decoders of several families by hand in PyTorch, f64: writes DecoderGolden.cs beside this file.

Each family reads a config.json and tensors under Hugging Face's names, as its report describes it. Stored tensor p (in the
order of their names), element i is 0.6 (frac((i i + 3 i + 1) 0.6180339887498949 + 0.1 p) - 0.5), plus 1 for the weights of
norms (Gemma's are stored less one), so that both sides start from the same numbers. The ids are (7 + 3 t t + t) mod the vocabulary.
"""
import json
import math
import os

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
T = 11

LLAMA = dict(model_type="llama", vocab_size=19, hidden_size=12, intermediate_size=20, num_hidden_layers=2, num_attention_heads=3,
             num_key_value_heads=1, max_position_embeddings=32, rms_norm_eps=1e-5, rope_theta=10000.0, hidden_act="silu", tie_word_embeddings=False)

CONFIGS = {
    "llama": LLAMA | dict(attention_bias=True, mlp_bias=True),
    "llama3": LLAMA | dict(num_attention_heads=2, num_key_value_heads=2, head_dim=8, rope_theta=500.0, tie_word_embeddings=True, rope_scaling=dict(
        rope_type="llama3", factor=8.0, low_freq_factor=1.0, high_freq_factor=4.0, original_max_position_embeddings=16)),
    "mistral": LLAMA | dict(model_type="mistral", sliding_window=4),
    "qwen2": LLAMA | dict(model_type="qwen2", use_sliding_window=False, tie_word_embeddings=True),
    "qwen3": LLAMA | dict(model_type="qwen3", head_dim=6, attention_bias=False, use_sliding_window=False),
    "phi3": LLAMA | dict(model_type="phi3", sliding_window=2047, partial_rotary_factor=1.0, num_attention_heads=3),
    "gemma3": LLAMA | dict(model_type="gemma3_text", num_hidden_layers=4, head_dim=8, sliding_window=3, sliding_window_pattern=3, rope_theta=1000000.0,
                           rope_local_base_freq=10000.0, query_pre_attn_scalar=9, hidden_activation="gelu_pytorch_tanh",
                           final_logit_softcapping=5.0, tie_word_embeddings=True, rope_scaling=dict(rope_type="linear", factor=8.0)),
    "gemma": LLAMA | dict(model_type="gemma", num_key_value_heads=1, head_dim=8, hidden_act="gelu", tie_word_embeddings=True),
    "gemma2": LLAMA | dict(model_type="gemma2", num_hidden_layers=3, head_dim=8, sliding_window=3, query_pre_attn_scalar=8, hidden_activation="gelu_pytorch_tanh",
                           attn_logit_softcapping=0.5, final_logit_softcapping=2.0, tie_word_embeddings=True),
    "gpt2": dict(model_type="gpt2", vocab_size=19, n_embd=24, n_inner=None, n_layer=2, n_head=3, n_positions=32, layer_norm_epsilon=1e-5, activation_function="gelu_new"),
    "gpt_neox": dict(model_type="gpt_neox", vocab_size=19, hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3,
                     max_position_embeddings=32, layer_norm_eps=1e-5, rotary_pct=0.5, rotary_emb_base=10000, use_parallel_residual=True,
                     hidden_act="gelu", tie_word_embeddings=False),
}


def shapes(c):
    """The tensors that a family stores."""
    if c["model_type"] == "gpt2":
        return gpt2_shapes(c)
    kind, h, inner, v = c["model_type"], c["hidden_size"], c["intermediate_size"], c["vocab_size"]
    heads, d = c["num_attention_heads"], c.get("head_dim", c["hidden_size"] // c["num_attention_heads"])
    kv = c.get("num_key_value_heads", heads)
    s = {}
    if kind == "gpt_neox":
        s["gpt_neox.embed_in.weight"] = (v, h)
        for i in range(c["num_hidden_layers"]):
            p = f"gpt_neox.layers.{i}."
            for norm in ("input_layernorm", "post_attention_layernorm"):
                s[p + norm + ".weight"], s[p + norm + ".bias"] = (h,), (h,)
            for name, shape in (("attention.query_key_value", (3 * h, h)), ("attention.dense", (h, h)), ("mlp.dense_h_to_4h", (inner, h)), ("mlp.dense_4h_to_h", (h, inner))):
                s[p + name + ".weight"], s[p + name + ".bias"] = shape, shape[:1]
        s["gpt_neox.final_layer_norm.weight"], s["gpt_neox.final_layer_norm.bias"] = (h,), (h,)
        s["embed_out.weight"] = (v, h)
        return s
    s["model.embed_tokens.weight"] = (v, h)
    for i in range(c["num_hidden_layers"]):
        p = f"model.layers.{i}."
        norms = ["input_layernorm", "post_attention_layernorm"] + (["pre_feedforward_layernorm", "post_feedforward_layernorm"] if kind in ("gemma2", "gemma3_text") else [])
        for norm in norms:
            s[p + norm + ".weight"] = (h,)
        if kind == "phi3":
            s[p + "self_attn.qkv_proj.weight"] = ((heads + 2 * kv) * d, h)
            s[p + "mlp.gate_up_proj.weight"] = (2 * inner, h)
        else:
            for name, rows in (("q", heads), ("k", kv), ("v", kv)):
                s[p + f"self_attn.{name}_proj.weight"] = (rows * d, h)
                if kind == "qwen2" or c.get("attention_bias"):
                    s[p + f"self_attn.{name}_proj.bias"] = (rows * d,)
            s[p + "mlp.gate_proj.weight"], s[p + "mlp.up_proj.weight"] = (inner, h), (inner, h)
        s[p + "self_attn.o_proj.weight"], s[p + "mlp.down_proj.weight"] = (h, heads * d), (h, inner)
        if c.get("attention_bias"):
            s[p + "self_attn.o_proj.bias"] = (h,)
        if c.get("mlp_bias"):
            s[p + "mlp.gate_proj.bias"], s[p + "mlp.up_proj.bias"], s[p + "mlp.down_proj.bias"] = (inner,), (inner,), (h,)
        if kind in ("qwen3", "gemma3_text"):
            s[p + "self_attn.q_norm.weight"], s[p + "self_attn.k_norm.weight"] = (d,), (d,)
    s["model.norm.weight"] = (h,)
    if not c["tie_word_embeddings"]:
        s["lm_head.weight"] = (v, h)
    return s


def fill(c):
    tensors = {}
    for p, (name, shape) in enumerate(sorted(shapes(c).items())):
        i = torch.arange(math.prod(shape), dtype=torch.float64)
        u = (i * i + 3 * i + 1) * 0.6180339887498949 + 0.1 * p
        one = 1 if "norm" in name and name.endswith("weight") and not c["model_type"].startswith("gemma") else 0
        tensors[name] = (0.6 * (u - torch.floor(u) - 0.5) + one).reshape(shape)
    return tensors


def rms(x, weight, eps):
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + eps) * weight


def frequencies(dim, theta, scaling):
    f = theta ** (-torch.arange(0, dim, 2) / dim)
    if scaling is None:
        return f
    if scaling["rope_type"] == "linear":
        return f / scaling["factor"]
    # Llama 3: waves longer than the old context are stretched, those much shorter kept, between them a blend.
    low = scaling["original_max_position_embeddings"] / scaling["low_freq_factor"]
    high = scaling["original_max_position_embeddings"] / scaling["high_freq_factor"]
    out = []
    for value in f.tolist():
        wave = 2 * math.pi / value
        if wave < high:
            out.append(value)
        elif wave > low:
            out.append(value / scaling["factor"])
        else:
            blend = (scaling["original_max_position_embeddings"] / wave - scaling["low_freq_factor"]) / (scaling["high_freq_factor"] - scaling["low_freq_factor"])
            out.append((1 - blend) * value / scaling["factor"] + blend * value)
    return torch.tensor(out)


def turn(x, f):
    """x (heads, T, D): the first 2 len(f) elements, i with i + len(f)."""
    n = len(f)
    angle = torch.arange(x.shape[1])[:, None] * f[None, :]
    a, b, rest = x[..., :n], x[..., n:2 * n], x[..., 2 * n:]
    return torch.cat([a * angle.cos() - b * angle.sin(), b * angle.cos() + a * angle.sin(), rest], -1)


def attend(q, k, v, scale, window, cap=None):
    heads, t, _ = q.shape
    k, v = (z.repeat_interleave(heads // z.shape[0], 0) for z in (k, v))
    back = torch.arange(t)[:, None] - torch.arange(t)[None, :]
    seen = (back >= 0) & (back < window if window else back >= 0)
    scores = q @ k.transpose(-2, -1) * scale
    if cap:
        scores = cap * torch.tanh(scores / cap)
    scores = scores.masked_fill(~seen, float("-inf"))
    return (F.softmax(scores, -1) @ v).transpose(0, 1).reshape(t, -1)


def split(x, heads, d):
    return x.reshape(x.shape[0], heads, d).transpose(0, 1)


def gelu_new(x):
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x ** 3)))


def gpt2_shapes(c):
    h, inner = c["n_embd"], c["n_inner"] or 4 * c["n_embd"]
    s = {"transformer.wte.weight": (c["vocab_size"], h), "transformer.wpe.weight": (c["n_positions"], h)}
    for i in range(c["n_layer"]):
        p = f"transformer.h.{i}."
        for norm in ("ln_1", "ln_2"):
            s[p + norm + ".weight"], s[p + norm + ".bias"] = (h,), (h,)
        for name, shape in (("attn.c_attn", (h, 3 * h)), ("attn.c_proj", (h, h)), ("mlp.c_fc", (h, inner)), ("mlp.c_proj", (inner, h))):
            s[p + name + ".weight"], s[p + name + ".bias"] = shape, shape[1:]
    s["transformer.ln_f.weight"], s["transformer.ln_f.bias"] = (h,), (h,)
    return s


def gpt2(c, w, ids):
    h, heads, eps = c["n_embd"], c["n_head"], c["layer_norm_epsilon"]
    d = h // heads
    x = w["transformer.wte.weight"][ids] + w["transformer.wpe.weight"][:len(ids)]
    for i in range(c["n_layer"]):
        linear = lambda y, n: y @ w[f"transformer.h.{i}.{n}.weight"] + w[f"transformer.h.{i}.{n}.bias"]
        norm = lambda y, n: F.layer_norm(y, (h,), w[f"transformer.h.{i}.{n}.weight"], w[f"transformer.h.{i}.{n}.bias"], eps)
        q, k, v = (split(z, heads, d) for z in linear(norm(x, "ln_1"), "attn.c_attn").split(h, -1))
        x = x + linear(attend(q, k, v, d ** -0.5, 0), "attn.c_proj")
        x = x + linear(gelu_new(linear(norm(x, "ln_2"), "mlp.c_fc")), "mlp.c_proj")
    x = F.layer_norm(x, (h,), w["transformer.ln_f.weight"], w["transformer.ln_f.bias"], eps)
    return F.linear(x, w["transformer.wte.weight"])


def neox(c, w, ids):
    h, heads = c["hidden_size"], c["num_attention_heads"]
    d, eps = h // heads, c["layer_norm_eps"]
    f = frequencies(int(d * c["rotary_pct"]), c["rotary_emb_base"], None)
    x = w["gpt_neox.embed_in.weight"][ids]
    for i in range(c["num_hidden_layers"]):
        linear = lambda y, n: F.linear(y, w[f"gpt_neox.layers.{i}.{n}.weight"], w[f"gpt_neox.layers.{i}.{n}.bias"])
        norm = lambda y, n: F.layer_norm(y, (h,), w[f"gpt_neox.layers.{i}.{n}.weight"], w[f"gpt_neox.layers.{i}.{n}.bias"], eps)
        qkv = linear(norm(x, "input_layernorm"), "attention.query_key_value").reshape(-1, heads, 3, d).permute(2, 1, 0, 3)
        a = linear(attend(turn(qkv[0], f), turn(qkv[1], f), qkv[2], d ** -0.5, 0), "attention.dense")
        m = linear(F.gelu(linear(norm(x, "post_attention_layernorm"), "mlp.dense_h_to_4h")), "mlp.dense_4h_to_h")
        x = x + a + m
    x = F.layer_norm(x, (h,), w["gpt_neox.final_layer_norm.weight"], w["gpt_neox.final_layer_norm.bias"], eps)
    return F.linear(x, w["embed_out.weight"])


def llama(c, w, ids):
    kind, heads, eps = c["model_type"], c["num_attention_heads"], c["rms_norm_eps"]
    kv, d = c["num_key_value_heads"], c.get("head_dim", c["hidden_size"] // heads)
    gemma, gemma3, sandwich, inner = kind.startswith("gemma"), kind == "gemma3_text", kind in ("gemma2", "gemma3_text"), c["intermediate_size"]
    plus = 1 if gemma else 0
    scale = c.get("query_pre_attn_scalar", d) ** -0.5
    x = w["model.embed_tokens.weight"][ids]
    if gemma:
        x = x * math.sqrt(c["hidden_size"])
    for i in range(c["num_hidden_layers"]):
        def linear(y, n):
            return F.linear(y, w[f"model.layers.{i}.{n}.weight"], w.get(f"model.layers.{i}.{n}.bias"))

        def norm(y, n):
            return rms(y, w[f"model.layers.{i}.{n}.weight"] + plus, eps)

        local = gemma3 and (i + 1) % c["sliding_window_pattern"] != 0
        window = c.get("sliding_window", 0) if kind == "mistral" or local or kind == "gemma2" and i % 2 == 0 else 0
        f = frequencies(d, c["rope_local_base_freq"], None) if local else frequencies(d, c["rope_theta"], c.get("rope_scaling"))
        y = norm(x, "input_layernorm")
        if kind == "phi3":
            q, k, v = linear(y, "self_attn.qkv_proj").split([heads * d, kv * d, kv * d], -1)
        else:
            q, k, v = (linear(y, f"self_attn.{n}_proj") for n in "qkv")
        q, k, v = split(q, heads, d), split(k, kv, d), split(v, kv, d)
        if kind in ("qwen3", "gemma3_text"):
            q, k = norm(q, "self_attn.q_norm"), norm(k, "self_attn.k_norm")
        a = linear(attend(turn(q, f), turn(k, f), v, scale, window, c.get("attn_logit_softcapping")), "self_attn.o_proj")
        x = x + (norm(a, "post_attention_layernorm") if sandwich else a)
        y = norm(x, "pre_feedforward_layernorm" if sandwich else "post_attention_layernorm")
        if kind == "phi3":
            gate, up = linear(y, "mlp.gate_up_proj").split(inner, -1)
        else:
            gate, up = linear(y, "mlp.gate_proj"), linear(y, "mlp.up_proj")
        gate = gelu_new(gate) if gemma else F.silu(gate)
        m = linear(gate * up, "mlp.down_proj")
        x = x + (norm(m, "post_feedforward_layernorm") if sandwich else m)
    x = rms(x, w["model.norm.weight"] + plus, eps)
    logits = F.linear(x, w["model.embed_tokens.weight"] if c["tie_word_embeddings"] else w["lm_head.weight"])
    cap = c.get("final_logit_softcapping")
    return cap * torch.tanh(logits / cap) if cap else logits


def main():
    lines = ["namespace Sarsen.Models.Tests.Decoders;", "",
             "/// <summary>Written by golden.py: for each family a config.json, the stored tensors' names and shapes, and the logits of a sequence.</summary>",
             "internal sealed record DecoderGolden(string Name, string Config, (string Name, long[] Shape)[] Tensors, double[] Logits)", "{",
             f"    public const int Length = {T};", "",
             "    public static readonly DecoderGolden[] All =", "    ["]
    for name, c in CONFIGS.items():
        t = torch.arange(T)
        ids = (7 + 3 * t * t + t) % c["vocab_size"]
        logits = {"gpt_neox": neox, "gpt2": gpt2}.get(c["model_type"], llama)(c, fill(c), ids)
        tensors = ", ".join(f'("{n}", [{", ".join(map(str, s))}])' for n, s in sorted(shapes(c).items()))
        values = ", ".join(f"{v:.12g}" for v in logits.flatten().tolist())
        lines += [f'        new("{name}",', f'            """{json.dumps(c)}""",', f"            [{tensors}],", f"            [{values}]),"]
    lines += ["    ];", "}", ""]
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "DecoderGolden.cs"), "w") as f:
        f.write("\n".join(lines))


main()
