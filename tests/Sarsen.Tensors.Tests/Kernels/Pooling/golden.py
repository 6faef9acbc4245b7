#!/usr/bin/env python3
"""Writes Pool2dGolden.cs beside it: poolings and their gradients by PyTorch (Debian's python3-torch).

Run: /usr/bin/python3 golden.py
"""
import os
import torch

torch.manual_seed(11)
F = torch.nn.functional


def flat(t):
    def one(v):
        return "float.NaN" if v != v else f"{v:.9g}f"
    return ", ".join(one(v) for v in t.detach().flatten().tolist())


def run(kind, planes, h, w, kernel, stride, pad, dilation, ceil, include, nan=False):
    x = torch.randint(-5, 6, (1, planes, h, w)).float()
    if nan:
        x[0, 0, 1, 1] = x[0, 0, 1, 2] = float("nan")
    x.requires_grad_()
    if kind == "max":
        y, at = F.max_pool2d(x, kernel, stride, pad, dilation, ceil, return_indices=True)
    else:
        y, at = F.avg_pool2d(x, kernel, stride, pad, ceil, include), None
    dy = torch.randint(-3, 4, y.shape).float()
    y.backward(dy)
    sizes = ", ".join(map(str, (planes, h, w, *kernel, *stride, *pad, *dilation)))
    indices = ", ".join(map(str, at.flatten().tolist())) if at is not None else ""
    return (f"        new({str(kind == 'max').lower()}, [{sizes}], {str(ceil).lower()}, {str(include).lower()},\n            [{flat(x)}],\n"
            f"            [{flat(y)}],\n            [{indices}],\n            [{flat(dy)}],\n            [{flat(x.grad)}]),")


one = (1, 1)
cases = [
    run("max", 2, 6, 8, (2, 2), (2, 2), (0, 0), one, False, True),
    run("max", 2, 7, 5, (3, 2), (2, 1), (1, 1), one, True, True),
    run("max", 1, 8, 9, (2, 3), (1, 2), (1, 1), (2, 2), False, True),
    run("max", 1, 5, 5, (2, 2), (1, 2), (0, 0), one, True, True, nan=True),
    run("avg", 2, 6, 8, (2, 2), (2, 2), (0, 0), one, False, True),
    run("avg", 2, 7, 5, (3, 2), (2, 2), (1, 1), one, True, True),
    run("avg", 2, 7, 5, (3, 2), (2, 2), (1, 1), one, True, False),
    run("avg", 1, 5, 6, (3, 4), (1, 3), (1, 2), one, False, False),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Pool2dGolden.cs"), "w", newline="\n") as out:
    out.write("""namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Written by golden.py. Sizes are planes, h, w, then kernel, stride, padding and dilation, two each.</summary>
internal sealed record Pool2dGolden(
    bool Max, int[] Sizes, bool Ceil, bool IncludePad, float[] X, float[] Y, int[] Indices, float[] Dy, float[] Dx)
{
    public static readonly Pool2dGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
