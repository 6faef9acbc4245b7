#!/usr/bin/python3
"""Writes a network as ONNX for ONNX Runtime's side, with an input and PyTorch's output for it.

usage: export_onnx.py CASE BATCH PATH     (writes PATH.onnx, PATH.input, PATH.output)
"""
import sys
import warnings

import torch

import networks


def main():
    name, batch, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    warnings.filterwarnings("ignore")
    torch.manual_seed(1)
    subject = networks.SUBJECTS[name]
    network, x = subject.build().eval(), networks.inputs(subject, batch)
    with torch.no_grad():
        y = network(x)
    torch.onnx.export(network, x, f"{path}.onnx", input_names=["x"], output_names=["y"], opset_version=14)
    x.numpy().tofile(f"{path}.input")
    y.numpy().tofile(f"{path}.output")


main()
