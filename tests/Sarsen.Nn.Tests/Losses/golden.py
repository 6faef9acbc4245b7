"""Losses and their gradients in torch.nn, f64: writes LossGolden.cs beside this file."""
import math
import os

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
N, C = 6, 4
x = torch.tensor([[2.5 * math.sin(1.3 * (i * C + j) + 0.4) for j in range(C)] for i in range(N)])
y = torch.tensor([[2 * math.cos(0.7 * (i * C + j)) for j in range(C)] for i in range(N)])
bits = torch.tensor([[float((3 * i + j) % 4 == 0) for j in range(C)] for i in range(N)])
soft = torch.softmax(y, -1)
classes = torch.tensor([0, 3, 1, 1, 2, 3])
some = torch.tensor([0, 3, -100, 1, 2, -100])
weights = torch.tensor([0.5, 2.0, 1.0, 1.5])
text = "[" + ", ".join(map(str, weights.tolist())) + "]"


def numbers(values):
    return "[" + ", ".join(map(repr, values.flatten().tolist())) + "]"


def run(make, loss, inputs, target, log_softmax=False):
    rows = []
    for reduction in ("mean", "sum", "none"):
        given = inputs.clone()
        if log_softmax:
            given = torch.log_softmax(given, -1)
        given.requires_grad_()
        result = loss(reduction)(given, target)
        scale = torch.tensor([1 + 0.5 * math.sin(i) for i in range(result.numel())]).reshape(result.shape)
        (result * scale).sum().backward()
        integer = not target.is_floating_point()
        kind = "[], " + numbers(target) if integer else numbers(target) + ", []"
        rows.append(f'        new((r, t) => new {make}, LossReduction.{reduction.capitalize()},\n'
                    f'            {numbers(given.detach())},\n            {kind},\n'
                    f'            {numbers(result.detach())},\n            {numbers(given.grad)}),')
    return "\n".join(rows)


def half(reduction):
    return lambda a, b: nn.MSELoss(reduction=reduction)(a, b) / 2


def bce(p):
    return lambda r: nn.BCEWithLogitsLoss(pos_weight=torch.tensor(p), reduction=r)


cases = [
    run("MseLoss(r)", lambda r: nn.MSELoss(reduction=r), x, y),
    run("HalfMseLoss(r)", half, x, y),
    run("L1Loss(r)", lambda r: nn.L1Loss(reduction=r), x, y),
    run("HuberLoss(1, r)", lambda r: nn.HuberLoss(reduction=r), x, y),
    run("HuberLoss(0.4, r)", lambda r: nn.HuberLoss(reduction=r, delta=0.4), x, y),
    run("CrossEntropyLoss(reduction: r, type: t)", lambda r: nn.CrossEntropyLoss(reduction=r), x, classes),
    run("CrossEntropyLoss(labelSmoothing: 0.1, reduction: r, type: t)",
        lambda r: nn.CrossEntropyLoss(reduction=r, label_smoothing=0.1), x, some),
    run(f"CrossEntropyLoss({text}, reduction: r, type: t)", lambda r: nn.CrossEntropyLoss(weights, reduction=r), x, some),
    run(f"CrossEntropyLoss({text}, 3, 0.25, r, t)",
        lambda r: nn.CrossEntropyLoss(weights, ignore_index=3, label_smoothing=0.25, reduction=r), x, classes),
    run("CrossEntropyLoss(reduction: r, type: t)", lambda r: nn.CrossEntropyLoss(reduction=r), x, soft),
    run(f"CrossEntropyLoss({text}, labelSmoothing: 0.2, reduction: r, type: t)",
        lambda r: nn.CrossEntropyLoss(weights, label_smoothing=0.2, reduction=r), x, soft),
    run("BceWithLogitsLoss(null, r, t)", lambda r: nn.BCEWithLogitsLoss(reduction=r), 20 * x, bits),
    run("BceWithLogitsLoss([2.5], r, t)", bce([2.5]), x, bits),
    run(f"BceWithLogitsLoss({text}, r, t)", bce(weights.tolist()), x, soft),
    run("NllLoss(reduction: r, type: t)", lambda r: nn.NLLLoss(reduction=r), x, classes, log_softmax=True),
    run(f"NllLoss({text}, 1, r, t)", lambda r: nn.NLLLoss(weights, ignore_index=1, reduction=r), x, classes, log_softmax=True),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "LossGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Losses;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Losses;

/// <summary>Written by golden.py: outputs (6, 4), targets as numbers or as classes, the losses and their gradient.</summary>
internal sealed record LossGolden(
    Func<LossReduction, DType, Loss> Make, LossReduction Reduction, double[] Output, double[] Target, long[] Classes, double[] Value, double[] Grad)
{
    public static readonly LossGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
