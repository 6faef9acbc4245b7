"""Installs the peers: PyTorch, NumPy and OpenBLAS from Debian, ONNX Runtime from npm into the cache."""
import os
import subprocess

from . import place, sides

DEBIAN = ["python3-torch", "python3-numpy", "libopenblas0-openmp", "nodejs", "npm"]
ONNX_RUNTIME = "onnxruntime-node@1.30.0"


def install(peers):
    if any(sides.missing(peer) for peer in peers if peer != "onnxruntime"):
        subprocess.run(["apt-get", "update", "-qq"], check=True)
        packages = DEBIAN[:3] if peers != ("onnxruntime",) else []
        subprocess.run(["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"})
    if "onnxruntime" in peers and sides.missing("onnxruntime"):
        os.makedirs(place.CACHE, exist_ok=True)
        # Its install script would fetch what only GPUs need.
        subprocess.run(["npm", "install", "--prefix", place.CACHE, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", ONNX_RUNTIME], check=True)
