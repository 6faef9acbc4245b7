#!/usr/bin/python3
"""PyTorch's side of train, infer, kernels and layers. Of the ways to say the same work it takes the fastest.

usage: torch_side.py train|infer|kernels|layers CASE BATCH THREADS [LAYER]
"""
import json
import sys
import warnings

import torch
from torch.nn import functional as F

import layers
import networks
import openblas
from stint import fastest, serve

BATCHES = 64


def training(name, batch):
    """Steps with each layout of pictures and each form of the optimizer."""
    subject = networks.SUBJECTS[name]
    data = [(networks.inputs(subject, batch), networks.targets(subject, batch)) for _ in range(BATCHES)]
    layouts = [torch.contiguous_format, torch.channels_last] if len(subject.input) == 3 else [torch.contiguous_format]
    return [(f"{layout}, foreach={foreach}".replace("torch.", ""), training_step(subject, data, layout, foreach))
            for layout in layouts for foreach in (False, True)]


def training_step(subject, data, layout, foreach):
    torch.manual_seed(1)
    network = subject.build().to(memory_format=layout)
    optimizer = subject.optimizer(network, foreach)
    if layout == torch.channels_last:
        data = [(x.to(memory_format=layout), y) for x, y in data]
    turn = 0

    def step():
        nonlocal turn
        x, y = data[turn]
        turn = (turn + 1) % BATCHES
        optimizer.zero_grad(set_to_none=True)
        result = network(x)
        loss = F.cross_entropy(result.reshape(-1, result.shape[-1]), y.reshape(-1))
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def inference(name, batch):
    """Predictions of the module, of its trace frozen, and of that optimised."""
    if name == "gpt-decode":
        return [("eager", decoding())]
    subject = networks.SUBJECTS[name]
    torch.manual_seed(1)
    network = subject.build().eval()
    x = networks.inputs(subject, batch)
    with torch.no_grad():
        frozen = torch.jit.freeze(torch.jit.trace(network, x))
        optimised = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.trace(network, x)))
    return [("eager", prediction(network, x)), ("frozen", prediction(frozen, x)), ("optimised", prediction(optimised, x))]


def prediction(network, x):
    def predict():
        with torch.inference_mode():
            network(x)

    for _ in range(3):  # the trace is specialised in its first runs
        predict()
    return predict


def decoding():
    """A token at a time through the whole context, then anew."""
    torch.manual_seed(1)
    network = networks.Gpt().eval()
    tokens, cache = torch.randint(0, 65, (1, network.context)), networks.Cache(network, 1)

    def decode():
        cache.length %= network.context
        with torch.inference_mode():
            network(tokens[:, cache.length:cache.length + 1], cache)

    return decode


def kernels(name, _):
    """On the sizes of bench/Sarsen.Bench/KernelWork.cs, into memory that is there where PyTorch can."""
    torch.manual_seed(1)
    x, y = torch.randn(512, 384), torch.empty(512, 384)
    gamma, beta = torch.randn(384), torch.randn(384)
    pictures, mean, variance = torch.randn(32, 64, 16, 16), torch.zeros(64), torch.ones(64)
    work = {
        "exp": lambda: torch.exp(x, out=y),
        "tanh": lambda: torch.tanh(x, out=y),
        "erf": lambda: torch.erf(x, out=y),
        "gelu": lambda: torch._C._nn.gelu(x, out=y),
        "softmax": lambda: torch.softmax(x, -1, out=y),
        "layernorm": lambda: F.layer_norm(x, (384,), gamma, beta),
        "rmsnorm": lambda: x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gamma,
        "batchnorm": lambda: F.batch_norm(pictures, mean, variance, gamma[:64], beta[:64], training=True, momentum=0.1),
    }[name]

    def run():
        with torch.inference_mode():
            work()

    return [("eager", run)]


def layer(name, _):
    """Forward and backward of a layer while training, with each layout of pictures; LAYER says what it is, and of what shape its input."""
    described = json.loads(sys.argv[5])
    shape, ids = described["input"], described["ids"]
    layouts = [torch.contiguous_format, torch.channels_last] if len(shape) == 4 else [torch.contiguous_format]
    return [(str(layout).replace("torch.", ""), layer_step(described["layer"], shape, ids, layout)) for layout in layouts]


def layer_step(expression, shape, ids, layout):
    torch.manual_seed(1)
    module = layers.build(expression).train()
    x = torch.randint(0, ids, shape) if ids else torch.randn(shape).to(memory_format=layout).requires_grad_()
    if layout == torch.channels_last:
        module = module.to(memory_format=layout)
    with torch.no_grad():
        gradient = torch.randn_like(module(x))

    def step():
        module.zero_grad(set_to_none=True)
        x.grad = None
        module(x).backward(gradient)

    step.result = f"{'x'.join(map(str, gradient.shape))}, {sum(p.numel() for p in module.parameters())} weights"
    return step


def main():
    kind, name, batch, threads = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    torch.set_num_threads(threads)
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    way, work = fastest({"train": training, "infer": inference, "kernels": kernels, "layers": layer}[kind](name, batch))
    serve(f"PyTorch {torch.__version__}, {openblas.name()}", work, way, getattr(work, "result", None))


main()
