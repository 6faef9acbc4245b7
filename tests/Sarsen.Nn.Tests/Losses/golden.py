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


def binary_focal(alpha, gamma):
    """torchvision.ops.sigmoid_focal_loss, which Debian's torch comes without."""
    def loss(reduction):
        def f(a, t):
            p = torch.sigmoid(a)
            each = nn.functional.binary_cross_entropy_with_logits(a, t, reduction="none") * (1 - (p * t + (1 - p) * (1 - t))) ** gamma
            each = each if alpha is None else (alpha * t + (1 - alpha) * (1 - t)) * each
            return each if reduction == "none" else getattr(each, reduction)()
        return f
    return loss


def focal(gamma, w=None):
    """Lin et al., 2017, of a softmax."""
    def loss(reduction):
        def f(a, t):
            kept = t != -100
            log = torch.log_softmax(a, -1).gather(-1, t.clamp(min=0).unsqueeze(-1)).squeeze(-1)
            each = -(1 - log.exp()) ** gamma * log * (1 if w is None else w[t.clamp(min=0)]) * kept
            return each if reduction == "none" else each.sum() if reduction == "sum" else each.sum() / kept.sum()
        return f
    return loss


def batch_mean(reduction):
    return nn.KLDivLoss(reduction="batchmean" if reduction == "mean" else reduction)


counts = torch.tensor([[float((5 * i + 3 * j) % 7) for j in range(C)] for i in range(N)])
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
    run("BinaryFocalLoss(0.25, 2, r)", binary_focal(0.25, 2), x, bits),
    run("BinaryFocalLoss(null, 1.5, r)", binary_focal(None, 1.5), x, soft),
    run("FocalLoss(2, reduction: r, type: t)", focal(2), x, classes),
    run(f"FocalLoss(0.5, {text}, reduction: r, type: t)", focal(0.5, weights), x, some),
    run("KlDivLoss(reduction: r)", lambda r: nn.KLDivLoss(reduction=r), x, soft, log_softmax=True),
    run("KlDivLoss(batchMean: true, reduction: r)", batch_mean, x, soft, log_softmax=True),
    run("KlDivLoss(logTarget: true, reduction: r)", lambda r: nn.KLDivLoss(reduction=r, log_target=True), x, soft.log(), log_softmax=True),
    run("PoissonNllLoss(reduction: r)", lambda r: nn.PoissonNLLLoss(reduction=r), x, counts),
    run("PoissonNllLoss(true, true, reduction: r)", lambda r: nn.PoissonNLLLoss(full=True, reduction=r), x, counts),
    run("PoissonNllLoss(false, true, 1e-3, r)", lambda r: nn.PoissonNLLLoss(log_input=False, full=True, eps=1e-3, reduction=r), x.abs(), counts),
]


def several(make, name, inputs, call):
    """Losses of more than an output and a target: names, values, gradients of those that have one."""
    rows = []
    for reduction in ("mean", "sum", "none"):
        given = {n: (v.clone().requires_grad_() if g else v) for n, v, g in inputs}
        result = make(reduction)(*call(given))
        scale = torch.tensor([1 + 0.5 * math.sin(i) for i in range(result.numel())]).reshape(result.shape)
        (result * scale).sum().backward()
        values = "".join(f'\n            new("{n}", [{", ".join(map(str, v.shape))}], {numbers(v.double())}, {numbers(given[n].grad) if g else "[]"}),'
                         for n, v, g in inputs)
        rows.append(f'        new("{name}", LossReduction.{reduction.capitalize()}, [{values}\n        ], {numbers(result.detach())}),')
    return "\n".join(rows)


signs = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0, 1.0])
spread = (y ** 2 + 0.1)
steps, batch, symbols = 9, 3, 5
log = torch.tensor([[[2 * math.sin(0.9 * (t * 15 + n * 5 + c) + c) for c in range(symbols)] for n in range(batch)] for t in range(steps)])
spelled = torch.tensor([[1, 2, 2, 4], [3, 3, 0, 0], [2, 1, 4, 3]])
input_lengths, target_lengths = torch.tensor([9, 5, 7]), torch.tensor([4, 2, 3])
pair = [("a", x, True), ("b", y, True), ("y", signs, False)]
triple = [("a", x, True), ("b", y, True), ("c", 0.5 * x - y, True)]
take = lambda *names: lambda g: [g[n] for n in names]
ctc_inputs = [("x", log, True), ("labels", spelled, False), ("inputs", input_lengths, False), ("targets", target_lengths, False)]


def ctc(blank, wide=False):
    def make(reduction):
        def f(a, labels, inputs, targets):
            labels = labels.clone()
            labels[labels == 0] = symbols - 1
            return nn.CTCLoss(blank, reduction, zero_infinity=wide)(torch.log_softmax(a, -1), labels if blank == 0 else labels - 1, inputs, targets)
        return f
    return make


several_cases = [
    several(lambda r: nn.CosineEmbeddingLoss(0.2, reduction=r), "cosine", pair, take("a", "b", "y")),
    several(lambda r: lambda a, b, s: nn.MarginRankingLoss(0.3, reduction=r)(a[:, 0], b[:, 0], s), "ranking", pair, take("a", "b", "y")),
    several(lambda r: nn.TripletMarginLoss(1.5, reduction=r), "triplet", triple, take("a", "b", "c")),
    several(lambda r: nn.TripletMarginLoss(0.5, p=1, swap=True, reduction=r), "triplet, swapped", triple, take("a", "b", "c")),
    several(lambda r: nn.GaussianNLLLoss(full=True, eps=0.2, reduction=r), "gaussian", [("a", x, True), ("b", y, True), ("c", spread, True)], take("a", "b", "c")),
    several(ctc(0), "ctc", ctc_inputs, take("x", "labels", "inputs", "targets")),
    several(ctc(4), "ctc, the blank last", ctc_inputs, take("x", "labels", "inputs", "targets")),
    several(ctc(0, True), "ctc, one too short", [ctc_inputs[0], ctc_inputs[1], ("inputs", torch.tensor([9, 5, 2]), False), ctc_inputs[3]],
            take("x", "labels", "inputs", "targets")),
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
""" + "\n".join(cases) + """
    ];
}

/// <summary>Written by golden.py: a loss of more than an output and a target, its inputs with their gradients, and its values.</summary>
internal sealed record PairLossGolden(string Name, LossReduction Reduction, PairLossGolden.Input[] Inputs, double[] Value)
{
    public sealed record Input(string Name, long[] Shape, double[] Elements, double[] Grad);

    public static readonly PairLossGolden[] All =
    [
""" + "\n".join(several_cases) + "\n    ];\n}\n")
