#!/usr/bin/python3
"""PyTorch's side of bench/mnist: reads the files, trains two epochs, measures on the test digits.

usage: mnist.py DATA THREADS
"""
import gzip
import json
import math
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

import networks

BATCH, EPOCHS, RATE = 32, 2, 1e-3


def digits(data, part):
    with gzip.open(f"{data}/{part}-images-idx3-ubyte.gz") as f:
        pictures = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 1, 28, 28)
    with gzip.open(f"{data}/{part}-labels-idx1-ubyte.gz") as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)
    return torch.from_numpy(pictures.astype(np.float32) / 255), torch.from_numpy(labels.astype(np.int64))


def train(network, pictures, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    steps = EPOCHS * math.ceil(len(pictures) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: (1 + math.cos(math.pi * step / steps)) / 2)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(pictures)).split(BATCH):
            optimizer.zero_grad(set_to_none=True)
            loss = F.cross_entropy(network(pictures[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
            loss.item()


def accuracy(network, pictures, labels):
    network.eval()
    with torch.inference_mode():
        right = sum((network(x).argmax(1) == y).sum().item() for x, y in zip(pictures.split(256), labels.split(256)))
    return right / len(labels)


def main():
    data, threads = sys.argv[1], int(sys.argv[2])
    torch.set_num_threads(threads)
    torch.manual_seed(1)
    begun = time.perf_counter()
    network = networks.SUBJECTS["cnn"].build()
    train(network, *digits(data, "train"))
    reached = accuracy(network, *digits(data, "t10k"))
    print(json.dumps({"seconds": time.perf_counter() - begun, "accuracy": reached, "name": f"PyTorch {torch.__version__}"}))


main()
