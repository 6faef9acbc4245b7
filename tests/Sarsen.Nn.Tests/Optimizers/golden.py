"""Twenty steps of each optimizer in torch.optim, f64: writes OptimizerGolden.cs beside this file.

NAdam is written out here: torch's before version 2 multiplies by mu once more than the paper. Lion is from its paper.

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


class Nadam(torch.optim.Optimizer):
    """Dozat, 2016, as torch.optim.NAdam since version 2."""

    def __init__(self, params, lr, betas=(0.9, 0.999), eps=1e-8, weight_decay=0, momentum_decay=4e-3):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, momentum_decay=momentum_decay))

    @torch.no_grad()
    def step(self):
        for o in self.param_groups:
            (b1, b2), psi = o["betas"], o["momentum_decay"]
            for p in o["params"]:
                if p.grad is None:
                    continue
                s = self.state[p]
                if not s:
                    s.update(t=0, product=1.0, m=torch.zeros_like(p), v=torch.zeros_like(p))
                s["t"] += 1
                g = p.grad + o["weight_decay"] * p
                mu, after = (b1 * (1 - 0.5 * 0.96 ** ((s["t"] + k) * psi)) for k in (0, 1))
                s["product"] *= mu
                s["m"] = b1 * s["m"] + (1 - b1) * g
                s["v"] = b2 * s["v"] + (1 - b2) * g * g
                size = (s["v"] / (1 - b2 ** s["t"])).sqrt() + o["eps"]
                p -= o["lr"] * ((1 - mu) / (1 - s["product"]) * g + after / (1 - s["product"] * after) * s["m"]) / size


class Lion(torch.optim.Optimizer):
    """Chen et al., 2023, algorithm 2."""

    def __init__(self, params, lr, betas=(0.9, 0.99), weight_decay=0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for o in self.param_groups:
            b1, b2 = o["betas"]
            for p in o["params"]:
                if p.grad is None:
                    continue
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = torch.sign(b1 * m + (1 - b1) * p.grad)
                self.state[p]["m"] = b2 * m + (1 - b2) * p.grad
                p -= o["lr"] * (update + o["weight_decay"] * p)


def run(kind, lr, clip=None, groups=None, **options):
    first = torch.tensor([math.sin(i + 1) for i in range(N)], requires_grad=True)
    second = torch.tensor([math.sin(i + 1) for i in range(N)], requires_grad=True)
    make = {"NAdam": Nadam, "Lion": Lion}.get(kind) or getattr(torch.optim, kind)
    optimizer = make([{"params": [first]}, {"params": [second], **(groups or {})}], lr=lr, **options)
    factor = (groups or {}).get("lr", lr) / lr
    losses = []
    rows = []
    for step in range(20):
        for group, f in zip(optimizer.param_groups, (1, factor)):
            group["lr"] = f * lr * (1 - step / 40)
        optimizer.zero_grad(set_to_none=True)
        loss = (c * (first - t) ** 2).sum()
        if step >= 2:
            loss = loss + (c * (second - t) ** 2).sum()
        losses.append(loss.item())
        loss.backward()
        if clip is not None and clip[0] == "norm":
            torch.nn.utils.clip_grad_norm_([first, second], clip[1])
        elif clip is not None:
            torch.nn.utils.clip_grad_value_([first, second], clip[1])
        optimizer.step()
        if step in (0, 2, 19):
            rows += [first.detach().tolist(), second.detach().tolist()]
    names = {"betas": lambda v: f"beta1: {v[0]!r}, beta2: {v[1]!r}", "weight_decay": lambda v: f"weightDecay: {v!r}", "lr_decay": lambda v: f"lrDecay: {v!r}",
             "initial_accumulator_value": lambda v: f"initialAccumulator: {v!r}", "momentum_decay": lambda v: f"momentumDecay: {v!r}"}
    made = {"SGD": "Sgd", "RMSprop": "RmsProp"}.get(kind, kind)
    text = "".join(", " + (names[k](v) if k in names else f"{k}: {str(v).lower()}") for k, v in options.items())
    if groups is not None:
        decay = f', WeightDecay = {groups["weight_decay"]!r}' if "weight_decay" in groups else ""
        text += f', groups: [new ParameterGroup {{ Names = ["second"], LearningRateFactor = {factor!r}{decay} }}]'
    values = ",\n".join("            [" + ", ".join(map(repr, row)) + "]" for row in rows)
    label = (kind + "".join(f" {k} {v}" for k, v in options.items()) + (f" clip {clip[0]} {clip[1]}" if clip else "")
             + ("".join(f" second {k} {v}" for k, v in (groups or {}).items())))
    limits = f"{clip[1] if clip and clip[0] == 'norm' else 0}, {clip[1] if clip and clip[0] == 'value' else 0}"
    return f'        new("{label}", m => new {made}(m{text}), {lr}, {limits},\n        [\n{values},\n        ],\n        [{", ".join(map(repr, losses))}]),'


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
    run("Adagrad", 0.2),
    run("Adagrad", 0.2, lr_decay=0.1, weight_decay=0.05, initial_accumulator_value=0.3),
    run("Adadelta", 1.0),
    run("Adadelta", 3.0, rho=0.8, eps=1e-4, weight_decay=0.1),
    run("Adamax", 0.05),
    run("Adamax", 0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1),
    run("NAdam", 0.05),
    run("NAdam", 0.05, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.1, momentum_decay=0.05),
    run("RAdam", 0.05),
    run("RAdam", 0.05, betas=(0.8, 0.9), eps=1e-3, weight_decay=0.1),
    run("Lion", 0.02),
    run("Lion", 0.02, betas=(0.8, 0.95), weight_decay=0.3),
    run("AdamW", 0.05, groups={"lr": 0.01, "weight_decay": 0.0}, weight_decay=0.2),
    run("SGD", 0.05, groups={"lr": 0.1, "weight_decay": 0.3}, momentum=0.9),
    run("SGD", 0.1, clip=("norm", 1.5), momentum=0.9),
    run("AdamW", 0.1, clip=("value", 0.5)),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "OptimizerGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Optimizers;

namespace Sarsen.Nn.Tests.Optimizers;

/// <summary>Written by golden.py. Rows are the first and the second parameter after steps 1, 3 and 20; then the losses of all steps.</summary>
internal sealed record OptimizerGolden(
    string Name, Func<Module, Optimizer> Make, double Lr, double MaxNorm, double MaxValue, double[][] Rows, double[] Losses)
{
    public static readonly OptimizerGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
