"""How golden.py and vision_golden.py write a case: a layer of torch.nn in f64, forward and backward, and twenty steps of training."""
import copy

import torch

from layer_steps import losses


def rounded(*shape):
    return (torch.randn(*shape) * 1000).round() / 1000


def array(name, tensor):
    tensor = tensor.detach()
    values = ", ".join(f"{float(v):.13g}" for v in tensor.flatten())
    return f'new("{name}", [{", ".join(map(str, tensor.shape))}], [{values}])'


def arrays(pairs):
    return "[" + "".join(f"\n                {array(n, t)}," for n, t in pairs) + "]"


def run(text, module, inputs, training=True, call=None):
    module.train(training)
    for name, parameter in module.named_parameters():
        parameter.data = rounded(*parameter.shape)
    for name, buffer in module.named_buffers():
        if "num_batches_tracked" not in name:
            buffer.copy_(rounded(*buffer.shape).abs() + 0.5)
    state = [(n, t.clone()) for n, t in module.state_dict().items() if "num_batches" not in n]
    call = call or (lambda m, *x: [m(*x)])
    steps = losses(copy.deepcopy(module), inputs, call) if training else "[]"
    given = [(n, t.clone().requires_grad_() if t.is_floating_point() else t) for n, t in inputs]
    results = call(module, *[t for _, t in given])
    at, loss = 0, 0
    for result in results:
        count = result.numel()
        loss = loss + ((1 + 0.37 * torch.sin(torch.arange(at, at + count) + 1.0)).reshape(result.shape) * result).sum()
        at += count
    loss.backward()
    grads = [(n, t.grad) for n, t in given if t.is_floating_point()] + [(n, p.grad) for n, p in module.named_parameters()]
    after = [(n, t) for n, t in module.named_buffers() if "num_batches" not in n]
    return (f"        new(t => new {text}, {str(training).lower()},\n            {arrays(given)},\n            {arrays(state)},\n"
            f"            {arrays([('y', r) for r in results])},\n            {arrays(grads)},\n            {arrays(after)},\n            {steps}),")
