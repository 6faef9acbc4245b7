#!/usr/bin/env python3
"""Writes Conv2dGolden.cs beside it: convolutions, poolings and their gradients by PyTorch (Debian's python3-torch).

Run: /usr/bin/python3 golden.py
Inputs are integers in a small range, so every sum is exact in f32 and the comparison needs no tolerance.
"""
import os
import torch

torch.manual_seed(7)
F = torch.nn.functional


def ints(*shape):
    return torch.randint(-4, 5, shape).float().requires_grad_()


def flat(t):
    return ", ".join(f"{v:g}" for v in t.detach().double().flatten().tolist())


cases = []
for (n, c, h, w, f, kh, kw, stride, pad, dilation, groups) in [
    (2, 2, 5, 6, 3, 3, 2, (2, 1), (1, 0), (1, 2), 1),
    (2, 4, 4, 4, 4, 3, 3, (1, 1), (1, 1), (1, 1), 4),
    (1, 4, 6, 5, 2, 2, 3, (1, 2), (0, 2), (2, 1), 2),
]:
    x, weight, bias = ints(n, c, h, w), ints(f, c // groups, kh, kw), ints(f)
    y = F.conv2d(x, weight, bias, stride, pad, dilation, groups)
    dy = torch.randint(-3, 4, y.shape).float()
    y.backward(dy)
    sizes = ", ".join(map(str, (n, c, h, w, f, kh, kw, *stride, *pad, *dilation, groups)))
    arrays = ",\n            ".join(f"[{flat(t)}]" for t in (x, weight, bias, dy, y, x.grad, weight.grad, bias.grad))
    cases.append(f"        new([{sizes}],\n            {arrays}),")

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Conv2dGolden.cs"), "w", newline="\n") as out:
    out.write("""namespace Sarsen.Tensors.Tests.Kernels;

/// <summary>Written by golden.py. Sizes are n, c, h, w, filters, kernel, stride, padding, dilation (two each), groups.</summary>
internal sealed record Conv2dGolden(
    int[] Sizes, float[] X, float[] Weight, float[] Bias, float[] Dy, float[] Y, float[] Dx, float[] Dweight, float[] Dbias)
{
    public static readonly Conv2dGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
