"""ResNet and MobileNetV2 as torchvision names their parameters, in f64: writes presets_golden.json beside this file.

Parameter k of the state dict, in its order, has the elements ((2654435761 i + 40503 k) mod 2^16) / 2^16 - 1/2 times a
scale; statistics and weights of norms are shifted to be positive. Inputs are made the same way. So both sides compute
them, and the file holds names, shapes, logits and losses alone.
"""
import json
import os
from collections import OrderedDict

import torch
from torch import nn

torch.set_default_dtype(torch.float64)


def values(count, k):
    return ((torch.arange(count, dtype=torch.int64) * 2654435761 + 40503 * k) % 65536).double() / 65536 - 0.5


class BasicBlock(nn.Module):
    expansion = 1

    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(channels, width, stride)

    def forward(self, x):
        y = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


class Bottleneck(nn.Module):
    expansion = 4

    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.relu = nn.ReLU()
        self.downsample = shortcut(channels, 4 * width, stride)

    def forward(self, x):
        y = self.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(self.relu(self.bn2(self.conv2(y)))))
        return self.relu(y + (x if self.downsample is None else self.downsample(x)))


def shortcut(channels, given, stride):
    if stride == 1 and channels == given:
        return None
    return nn.Sequential(nn.Conv2d(channels, given, 1, stride, bias=False), nn.BatchNorm2d(given))


class ResNet(nn.Module):
    def __init__(self, block, blocks, width, small, outputs):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 3, 1, 1, bias=False) if small else nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU()
        self.maxpool = nn.Identity() if small else nn.MaxPool2d(3, 2, 1)
        channels = width
        for stage, count in enumerate(blocks):
            layers = []
            for i in range(count):
                layers.append(block(channels, width << stage, 2 if stage > 0 and i == 0 else 1))
                channels = (width << stage) * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*layers))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels, outputs)

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(self.avgpool(x).flatten(1))


def step(channels, given, kernel, stride, groups):
    return nn.Sequential(nn.Conv2d(channels, given, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(given), nn.ReLU6())


class InvertedResidual(nn.Module):
    def __init__(self, channels, given, stride, expansion):
        super().__init__()
        wide = channels * expansion
        layers = [] if expansion == 1 else [step(channels, wide, 1, 1, 1)]
        layers += [step(wide, wide, 3, stride, wide), nn.Conv2d(wide, given, 1, bias=False), nn.BatchNorm2d(given)]
        self.conv, self.adds = nn.Sequential(*layers), stride == 1 and channels == given

    def forward(self, x):
        return x + self.conv(x) if self.adds else self.conv(x)


def divisible(v):
    new = max(8, int(v + 4) // 8 * 8)
    return new + 8 if new < 0.9 * v else new


class MobileNetV2(nn.Module):
    def __init__(self, multiplier, small, outputs):
        super().__init__()
        channels, last = divisible(32 * multiplier), divisible(1280 * max(1, multiplier))
        features = [step(3, channels, 3, 1 if small else 2, 1)]
        stages = [(1, 16, 1, 1), (6, 24, 2, 1 if small else 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
        for t, c, n, s in stages:
            for i in range(n):
                features.append(InvertedResidual(channels, divisible(c * multiplier), s if i == 0 else 1, t))
                channels = divisible(c * multiplier)
        features.append(step(channels, last, 1, 1, 1))
        self.features = nn.Sequential(*features)
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(last, outputs))

    def forward(self, x):
        return self.classifier(self.features(x).mean([2, 3]))


def fill(model):
    state = OrderedDict((n, t) for n, t in model.state_dict().items() if "num_batches" not in n)
    for k, (name, tensor) in enumerate(state.items()):
        v = values(tensor.numel(), k + 1).reshape(tensor.shape)
        if tensor.dim() > 1:
            v = v * 3.4 / (tensor.numel() / tensor.shape[0]) ** 0.5
        elif name.endswith("running_var") or name.endswith("weight"):
            v = v + 1
        tensor.copy_(v)
    return state


def case(name, model, size):
    state = fill(model)
    x = values(2 * 3 * size * size, 0).reshape(2, 3, size, size)
    shapes = [f"{n} ({', '.join(map(str, t.shape))})" for n, t in state.items()]
    evaluated = model.eval()(x).flatten().tolist()
    return dict(name=name, size=size, state=shapes, logits=evaluated)


def training(model, size, batch, classes):
    fill(model)
    model.train()
    # At ten times this rate PyTorch's own f32 is 30 % away from its f64 after ten steps; at this one 3e-6.
    optimizer = torch.optim.SGD(model.parameters(), lr=0.002, momentum=0.9, weight_decay=1e-3)
    x = values(batch * 3 * size * size, 0).reshape(batch, 3, size, size)
    y = torch.arange(batch) % classes
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


golden = dict(
    cases=[
        case("resnet18 small", ResNet(BasicBlock, [2, 2, 2, 2], 8, True, 10), 16),
        case("resnet18 imagenet", ResNet(BasicBlock, [2, 2, 2, 2], 8, False, 10), 40),
        case("resnet34", ResNet(BasicBlock, [3, 4, 6, 3], 4, True, 5), 9),
        case("resnet50", ResNet(Bottleneck, [3, 4, 6, 3], 4, False, 5), 37),
        case("mobilenet_v2", MobileNetV2(0.35, False, 5), 40),
        case("mobilenet_v2 small", MobileNetV2(0.25, True, 5), 16),
    ],
    resnet18_losses=training(ResNet(BasicBlock, [2, 2, 2, 2], 4, True, 4), 12, 8, 4),
)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "presets_golden.json"), "w", newline="\n") as out:
    json.dump(golden, out, indent=1)
    out.write("\n")
print([c["logits"][:4] for c in golden["cases"]], golden["resnet18_losses"])
