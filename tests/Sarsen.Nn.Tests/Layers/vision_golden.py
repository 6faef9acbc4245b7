"""Convolutions, poolings, norms and paddings of torch.nn in f64: writes VisionGolden.cs beside this file, as golden.py does.

What PyTorch does not have is put together of what it has, under the same names.
"""
import os
from collections import OrderedDict

import torch
from torch import nn

from layer_case import rounded, run

torch.set_default_dtype(torch.float64)
torch.manual_seed(13)


class Residual(nn.Module):
    def __init__(self, body, downsample=None, activation=None):
        super().__init__()
        for name, module in body.items():
            self.add_module(name, module)
        self.body, self.downsample, self.activation = list(body), downsample, activation

    def forward(self, x):
        y = x
        for name in self.body:
            y = getattr(self, name)(y)
        y = y + (x if self.downsample is None else self.downsample(x))
        return y if self.activation is None else self.activation(y)


class Concat(nn.Module):
    def __init__(self, *branches):
        super().__init__()
        for i, branch in enumerate(branches):
            self.add_module(str(i), branch)

    def forward(self, x):
        return torch.cat([branch(x) for branch in self.children()], 1)


class Call(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


row = [("x", rounded(2, 4, 7))]
x = [("x", rounded(2, 4, 4, 5))]
small = [("x", rounded(2, 4, 3, 3))]
cases = [
    run("Conv1d(4, 3, new Window1d(3), type: t)", nn.Conv1d(4, 3, 3), row),
    run("Conv1d(4, 4, new Window1d(3, 2, 2, 2, 2), groups: 2, bias: false, type: t)",
        nn.Conv1d(4, 4, 3, stride=2, padding=2, dilation=2, groups=2, bias=False), row),
    run("ConvTranspose1d(4, 2, new Window1d(3, 2, 1, 1), groups: 2, outputPadding: 1, type: t)",
        nn.ConvTranspose1d(4, 2, 3, stride=2, padding=1, output_padding=1, groups=2), row),
    run("ConvTranspose2d(4, 3, new Window2d(2, 2).WithStride(2), type: t)", nn.ConvTranspose2d(4, 3, 2, stride=2), small),
    run("ConvTranspose2d(4, 2, new Window2d(3, 2) { StrideHeight = 2, PadTop = 1, PadBottom = 1, DilationWidth = 2 }, groups: 2, outputPadding: (1, 0), bias: false, type: t)",
        nn.ConvTranspose2d(4, 2, (3, 2), stride=(2, 1), padding=(1, 0), output_padding=(1, 0), groups=2, bias=False, dilation=(1, 2)), small),
    run("ConvTranspose2d(4, 4, new Window2d(3, 3).WithStride(2).WithPadding(1), groups: 4, type: t)",
        nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, groups=4), small),
    run("SeparableConv2d(4, 3, new Window2d(3, 3).WithPadding(1), multiplier: 2, type: t)",
        nn.Sequential(OrderedDict(depthwise=nn.Conv2d(4, 8, 3, padding=1, groups=4, bias=False), pointwise=nn.Conv2d(8, 3, 1))), small),
    run("MaxPool1d(2)", nn.MaxPool1d(2), row),
    run("MaxPool1d(new Window1d(3, 2, 1, 1), ceilMode: true)", nn.MaxPool1d(3, 2, 1, ceil_mode=True), row),
    run("AvgPool1d(3)", nn.AvgPool1d(3), row),
    run("AvgPool1d(new Window1d(3, 2, 1, 1), countIncludePad: false)", nn.AvgPool1d(3, 2, 1, count_include_pad=False), row),
    run("AdaptiveAvgPool2d(3, 2)", nn.AdaptiveAvgPool2d((3, 2)), x),
    run("AdaptiveAvgPool2d(1)", nn.AdaptiveAvgPool2d(1), x),
    run("AdaptiveMaxPool2d(3, 2)", nn.AdaptiveMaxPool2d((3, 2)), x),
    run("GlobalAvgPool2d()", nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()), x),
    run("GlobalMaxPool2d()", nn.Sequential(nn.AdaptiveMaxPool2d(1), nn.Flatten()), x),
    run("GroupNorm(2, 4, type: t)", nn.GroupNorm(2, 4), x),
    run("GroupNorm(4, 4, 1e-2, affine: false, type: t)", nn.GroupNorm(4, 4, 1e-2, affine=False), row),
    run("InstanceNorm1d(4, type: t)", nn.InstanceNorm1d(4), row),
    run("InstanceNorm2d(4, affine: true, type: t)", nn.InstanceNorm2d(4, affine=True), x),
    run("InstanceNorm2d(4, 1e-3, type: t)", nn.InstanceNorm2d(4, 1e-3), small, training=False),
    run("InstanceNorm1d(4, type: t, trackRunningStats: true)", nn.InstanceNorm1d(4, track_running_stats=True), row),
    run("InstanceNorm2d(4, affine: true, type: t, trackRunningStats: true, momentum: 0.3)",
        nn.InstanceNorm2d(4, affine=True, track_running_stats=True, momentum=0.3), x),
    run("InstanceNorm2d(4, affine: true, type: t, trackRunningStats: true)", nn.InstanceNorm2d(4, affine=True, track_running_stats=True), small, training=False),
    run("BatchNorm1d(4, type: t)", nn.BatchNorm1d(4), row, training=False),
    run("BatchNorm2d(4, type: t, affine: false)", nn.BatchNorm2d(4, affine=False), small),
    run("BatchNorm2d(4, type: t, affine: false)", nn.BatchNorm2d(4, affine=False), small, training=False),
    run("BatchNorm2d(4, type: t, trackRunningStats: false)", nn.BatchNorm2d(4, track_running_stats=False), small, training=False),
    run("BatchNorm1d(4, type: t, affine: false, trackRunningStats: false)", nn.BatchNorm1d(4, affine=False, track_running_stats=False), row),
    run("Pad1d(2, 1)", nn.ConstantPad1d((2, 1), 0.0), row),
    run("Pad1d(1, 2, PaddingMode.Reflect)", nn.ReflectionPad1d((1, 2)), row),
    run("Pad2d(new Margin(1, 2, 3, 0))", nn.ZeroPad2d((2, 0, 1, 3)), small),
    run("Pad2d(new Margin(1), PaddingMode.Constant, 0.5)", nn.ConstantPad2d(1, 0.5), small),
    run("Pad2d(new Margin(2, 1, 1, 2), PaddingMode.Reflect)", nn.ReflectionPad2d((1, 2, 2, 1)), small),
    run("Pad2d(new Margin(0, 4, 2, 1), PaddingMode.Replicate)", nn.ReplicationPad2d((4, 1, 0, 2)), small),
    run("Upsample((2.0, 3.0))", nn.Upsample(scale_factor=(2, 3)), small),
    run("Upsample((2.5, 0.7))", nn.Upsample(scale_factor=(2.5, 0.7)), small),
    run("Upsample((5L, 4L))", nn.Upsample(size=(5, 4)), small),
    run("Upsample((2.0, 2.0), Interpolation.Bilinear)", nn.Upsample(scale_factor=2, mode="bilinear"), small),
    run("Upsample((1.7, 2.3), Interpolation.Bilinear)", nn.Upsample(scale_factor=(1.7, 2.3), mode="bilinear"), small),
    run("Upsample((5L, 2L), Interpolation.Bilinear, alignCorners: true)", nn.Upsample(size=(5, 2), mode="bilinear", align_corners=True), small),
    run("ChannelShuffle(2)", Call(lambda t: t.reshape(2, 2, 2, 3, 3).transpose(1, 2).reshape(2, 4, 3, 3)), small),
    run("Permute(2, 3, 1)", Call(lambda t: t.permute(0, 2, 3, 1)), small),
    run("Activation(ActivationFunction.Relu6)", nn.ReLU6(), [("x", rounded(5, 3) * 5)]),
    run("Residual([new Conv2d(4, 4, new Window2d(3, 3).WithPadding(1), bias: false, type: t), new BatchNorm2d(4, type: t)], activation: new Activation(ActivationFunction.Relu))",
        Residual({"0": nn.Conv2d(4, 4, 3, padding=1, bias=False), "1": nn.BatchNorm2d(4)}, activation=nn.ReLU()), small),
    run('Residual([("conv1", new Conv2d(4, 2, new Window2d(1, 1).WithStride(2), type: t))], new Sequential([new Conv2d(4, 2, new Window2d(1, 1).WithStride(2), bias: false, type: t), new BatchNorm2d(2, type: t)]))',
        Residual({"conv1": nn.Conv2d(4, 2, 1, stride=2)}, nn.Sequential(nn.Conv2d(4, 2, 1, stride=2, bias=False), nn.BatchNorm2d(2))), small),
    run("Concat([new Conv2d(4, 2, new Window2d(1, 1), type: t), new Sequential([new MaxPool2d(new Window2d(3, 3).WithPadding(1))])])",
        Concat(nn.Conv2d(4, 2, 1), nn.Sequential(nn.MaxPool2d(3, 1, 1))), small),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "VisionGolden.cs"), "w", newline="\n") as out:
    out.write("""using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Nn.Tests.Layers;

/// <summary>Written by vision_golden.py.</summary>
internal static class VisionGolden
{
    public static readonly LayerGolden[] All =
    [
""" + "\n".join(cases) + "\n    ];\n}\n")
