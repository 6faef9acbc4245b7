"""Installs the peers: PyTorch, NumPy and OpenBLAS from Debian, ONNX Runtime, tokenizers and llama.cpp from npm into the cache."""
import os
import shutil
import subprocess

from . import place, sides

PYTORCH = ["python3-torch", "python3-numpy", "libopenblas0-openmp"]
NODE = ["nodejs", "npm"]
PACKAGES = {"onnxruntime": "onnxruntime-node@1.30.0", "tokenizers": "@anush008/tokenizers@0.6.0", "llama": "node-llama-cpp@3.22.1"}


def install(peers):
    lacking = [peer for peer in peers if sides.missing(peer)]
    if any(peer not in PACKAGES for peer in lacking):
        debian(PYTORCH)
    if not any(peer in PACKAGES for peer in lacking):
        return
    # npm takes away what it is not told of again.
    packages = [package for peer, package in PACKAGES.items() if peer in lacking or os.path.isdir(os.path.join(place.MODULES, package.rsplit("@", 1)[0]))]
    if not shutil.which("npm"):
        debian(NODE)
    os.makedirs(place.CACHE, exist_ok=True)
    # ONNX Runtime's install script would fetch what only GPUs need.
    subprocess.run(["npm", "install", "--prefix", place.CACHE, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", *packages], check=True)


def debian(packages):
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
