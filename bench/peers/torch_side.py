#!/usr/bin/python3
"""PyTorch's side of a benchmark: as bench/Sarsen.Bench, one line «SECONDS» in, one JSON line out.

usage: torch_side.py train|infer mlp|cnn|lenet5|rnn|lstm BATCH THREADS
"""
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(sys.argv[4]))
torch.manual_seed(1)
kind, name, batch = sys.argv[1], sys.argv[2], int(sys.argv[3])


class Recurrent(nn.Module):
    def __init__(self, layer):
        super().__init__()
        self.layer, self.head = layer, nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.layer(x)[0][:, -1])


NETWORKS = {
    "mlp": ((784,), lambda: nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))),
    "cnn": ((1, 28, 28), lambda: nn.Sequential(
        nn.Conv2d(1, 32, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 3), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(1600, 64), nn.ReLU(), nn.Linear(64, 10))),
    "lenet5": ((1, 32, 32), lambda: nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10))),
    "rnn": ((50, 100), lambda: Recurrent(nn.RNN(100, 256, batch_first=True))),
    "lstm": ((50, 100), lambda: Recurrent(nn.LSTM(100, 256, batch_first=True))),
}
shape, build = NETWORKS[name]
network = build()
inputs = [torch.randn(batch, *shape) for _ in range(64)]
targets = [torch.randint(0, 10, (batch,)) for _ in range(64)]
turn = 0

if kind == "train":
    optimizer = torch.optim.SGD(network.parameters(), lr=1e-4, momentum=0.9) if name == "lenet5" else torch.optim.Adam(network.parameters(), lr=1e-5)

    def work():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(network(inputs[turn]), targets[turn])
        loss.backward()
        optimizer.step()
        loss.item()
else:
    network.eval()
    frozen = torch.jit.freeze(torch.jit.trace(network, inputs[0]))

    def work():
        with torch.no_grad():
            frozen(inputs[turn])

for _ in range(20):
    work()
print("ready", flush=True)
for line in sys.stdin:
    seconds, times = float(line), []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds or len(times) < 3:
        turn = (turn + 1) % 64
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    times.sort()
    print('{"median": %r, "runs": %d}' % (times[len(times) // 2], len(times)), flush=True)
