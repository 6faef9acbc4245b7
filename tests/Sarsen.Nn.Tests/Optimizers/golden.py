"""Twenty steps of each optimizer in torch.optim, f64: writes OptimizerGolden.cs beside this file.

The loss is sum(c * (p - t)^2) with p_i = sin(i + 1), t_i = cos(2 i), c_i = (1 + i) / 4; the learning rate falls by a
fortieth a step. `second` starts without a gradient and gets one from the third step on.
"""
import math
import os

import torch

torch.set_default_dtype(torch.float64)
N = 7
c = torch.tensor([(1 + i) / 4 for i in range(N)])
t = torch.tensor([math.cos(2 * i) for i in range(N)])


def run(kind, lr, clip=None, **options):
    first = torch.tensor([math.sin(i + 1) for i in range(N)], requires_grad=True)
    second = torch.tensor([math.sin(i + 1) for i in range(N)], requires_grad=True)
    optimizer = getattr(torch.optim, kind)([first, second], lr=lr, **options)
    rows = []
    for step in range(20):
        for group in optimizer.param_groups:
            group["lr"] = lr * (1 - step / 40)
        optimizer.zero_grad(set_to_none=True)
        loss = (c * (first - t) ** 2).sum()
        if step >= 2:
            loss = loss + (c * (second - t) ** 2).sum()
        loss.backward()
        if clip is not None and clip[0] == "norm":
            torch.nn.utils.clip_grad_norm_([first, second], clip[1])
        elif clip is not None:
            torch.nn.utils.clip_grad_value_([first, second], clip[1])
        optimizer.step()
        if step in (0, 2, 19):
            rows += [first.detach().tolist(), second.detach().tolist()]
    names = {"betas": lambda v: f"beta1: {v[0]!r}, beta2: {v[1]!r}", "weight_decay": lambda v: f"weightDecay: {v!r}"}
    made = {"SGD": "Sgd", "RMSprop": "RmsProp"}.get(kind, kind)
    text = "".join(", " + (names[k](v) if k in names else f"{k}: {str(v).lower()}") for k, v in options.items())
    values = ",\n".join("            [" + ", ".join(map(repr, row)) + "]" for row in rows)
    label = (kind + "".join(f" {k} {v}" for k, v in options.items()) + (f" clip {clip[0]} {clip[1]}" if clip else ""))
    limits = f"{clip[1] if clip and clip[0] == 'norm' else 0}, {clip[1] if clip and clip[0] == 'value' else 0}"
    return f'        new("{label}", m => new {made}(m{text}), {lr}, {limits},\n        [\n{values},\n        ]),'


cases = [
    run("SGD", 0.05),
    run("SGD", 0.05, momentum=0.9, weight_decay=0.01),
    run("SGD", 0.05, momentum=0.8, dampening=0.3),
    run("SGD", 0.05, momentum=0.9, nesterov=True),
    run("Adam", 0.05),
    run("Adam", 0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1),
    run("Adam", 0.3, betas=(0.5, 0.6), amsgrad=True),
    run("AdamW", 0.05),
    run("AdamW", 0.1, weight_decay=0.2, amsgrad=True),
    run("RMSprop", 0.02),
    run("RMSprop", 0.02, alpha=0.9, momentum=0.6, weight_decay=0.05),
    run("RMSprop", 0.02, alpha=0.8, eps=1e-4, centered=True),
    run("RMSprop", 0.02, momentum=0.5, centered=True),
    run("SGD", 0.1, clip=("norm", 1.5), momentum=0.9),
    run("AdamW", 0.1, clip=("value", 0.5)),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "OptimizerGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Optimizers;

namespace Sarsen.Nn.Tests.Optimizers;

/// <summary>Written by golden.py. Rows are the first and the second parameter after steps 1, 3 and 20.</summary>
internal sealed record OptimizerGolden(
    string Name, Func<Module, Optimizer> Make, double Lr, double MaxNorm, double MaxValue, double[][] Rows)
{
    public static readonly OptimizerGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
