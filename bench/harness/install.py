"""Installs the peers: PyTorch, NumPy and OpenBLAS from Debian, ONNX Runtime from npm into the cache."""
import os
import shutil
import subprocess

from . import place, sides

PYTORCH = ["python3-torch", "python3-numpy", "libopenblas0-openmp"]
NODE = ["nodejs", "npm"]
ONNX_RUNTIME = "onnxruntime-node@1.30.0"


def install(peers):
    lacking = [peer for peer in peers if sides.missing(peer)]
    if any(peer != "onnxruntime" for peer in lacking):
        debian(PYTORCH)
    if "onnxruntime" not in lacking:
        return
    if not shutil.which("npm"):
        debian(NODE)
    os.makedirs(place.CACHE, exist_ok=True)
    # Its install script would fetch what only GPUs need.
    subprocess.run(["npm", "install", "--prefix", place.CACHE, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", ONNX_RUNTIME], check=True)


def debian(packages):
    subprocess.run(["apt-get", "update", "-qq"], check=True)
    subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
