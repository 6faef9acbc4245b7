"""The losses of twenty training steps of a tiny network around a layer, which golden.py, vision_golden.py and transformer_golden.py store.

The network is z = gain · layer(scale · x + shift), with a gain for each result; scale and shift start at 1 and 0, gains at
1, and are trained with the layer by SGD with momentum. Step k sees x + 0.2 sin(i + k), i counting its elements, or, where
they are ids, (x + k) modulo their number. The loss is the sum over the results of the mean of (z - cos(i) / 2)². What else
the layer is given stays. Modules that drop out are told the step.
"""
import math

import torch
from torch import nn

STEPS, LR, MOMENTUM = 20, 0.02, 0.9


def losses(module, inputs, call):
    module.train()
    (_, x), *rest = inputs
    ids = not x.is_floating_point()
    scale, shift = nn.Parameter(torch.ones(x.shape[-1])), nn.Parameter(torch.zeros(x.shape[-1]))
    gains, optimizer, found = None, None, []
    for step in range(STEPS):
        for part in module.modules():
            part.step = step
        moved = (x + step) % module.num_embeddings if ids else scale * (x + 0.2 * torch.sin(count(x) + step)) + shift
        results = call(module, moved, *[t for _, t in rest])
        if gains is None:
            gains = [nn.Parameter(torch.ones(y.shape[-1])) for y in results]
            optimizer = torch.optim.SGD([*([] if ids else [scale, shift]), *gains, *module.parameters()], LR, MOMENTUM)
        loss = sum((gain * y - torch.cos(count(y)) / 2).square().mean() for gain, y in zip(gains, results))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        found.append(loss.item())
    if not (math.isfinite(found[-1]) and found[-1] < 0.99 * found[0]):
        raise ValueError(f"{module} does not learn: {found}")
    return "[" + ", ".join(f"{loss:.9g}" for loss in found) + "]"


def count(tensor):
    return torch.arange(tensor.numel(), dtype=torch.float64).reshape(tensor.shape)
