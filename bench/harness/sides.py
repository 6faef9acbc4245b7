"""The processes that work: each stays, and is told how long to work when it is its turn."""
import json
import os
import subprocess
from dataclasses import dataclass

from . import place

OURS = os.path.join(place.ROOT, "bench", "Sarsen.Bench", "bin", "Release", "net10.0", "Sarsen.Bench.dll")
PROGRAM = os.path.join(place.ROOT, "src", "Sarsen", "bin", "Release", "net10.0", "sarsen.dll")


class SideError(Exception):
    """A side is not there or ended; the message says how to cure it."""


@dataclass(frozen=True)
class Variant:
    """One way to do a case's work: whose, on how many threads, by which command."""

    side: str
    threads: int
    command: tuple


class Side:
    """A running variant, pinned to as many processors as it has threads."""

    def __init__(self, variant):
        self.variant = variant
        pin = ["taskset", "-c", ",".join(map(str, place.processors()[:variant.threads]))]
        self.process = subprocess.Popen(pin + list(variant.command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(variant.threads))
        started = self._answer()
        self.name, self.way, self.result = started["ready"], started.get("way"), started.get("result")

    def run(self, seconds):
        """Works for so long: the median seconds of an operation, and what else the side counts."""
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self):
        self.process.stdin.close()
        self.process.wait()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise SideError(f"{' '.join(self.variant.command)} ended with {self.process.wait()}: what it wrote above says why")
        return json.loads(line)


def environment(threads):
    # An inherited choice of BLAS kernels would slow the peer.
    inherited = {k: v for k, v in os.environ.items() if k not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
    return inherited | {
        "SARSEN_BENCH_TOKENIZERS": place.TOKENIZERS, "SARSEN_BENCH_TEXT": place.TEXT, "SARSEN_BENCH_MODELS": place.MODELS,
        "SARSEN_THREADS": str(threads), "OMP_NUM_THREADS": str(threads),
        # The other build of OpenBLAS has a pool of its own, which fights PyTorch's for the processors.
        "LD_LIBRARY_PATH": ":".join(filter(None, [place.OPENMP_BLAS, os.environ.get("LD_LIBRARY_PATH")])),
    }


def build(project="bench/Sarsen.Bench"):
    command = ["dotnet", "build", os.path.join(place.ROOT, project), "-c", "Release", "-v", "quiet"]
    built = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if built.returncode != 0:
        raise SideError(f"{project} does not build:\n{built.stdout}")


def cases(kind):
    """What Sarsen can be measured at: {case: sizes of batch}."""
    lines = subprocess.run(["dotnet", OURS, "cases", kind], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    return {name: [int(b) for b in batches] for name, *batches in (line.split() for line in lines)}


def memory(kind, case, batch, threads):
    """What a steady run of Sarsen takes."""
    command = ["dotnet", OURS, "memory", kind, case] + ([] if batch is None else [str(batch)])
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment(threads)).stdout)


def sarsen(kind, case, batch, threads):
    return Variant("sarsen", threads, ("dotnet", OURS, kind, case, str(batch)))


def torch(kind, case, batch, threads):
    return Variant("torch", threads, (place.PYTHON, f"{place.PEERS}/torch_side.py", kind, case, str(batch), str(threads)))


def torch_layer(kind, case, batch, threads):
    """What the layer is there stands beside ours."""
    described = subprocess.run(["dotnet", OURS, "peer", kind, case], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    variant = torch(kind, case, batch, threads)
    return Variant(variant.side, threads, (*variant.command, described))


def openblas(kind, case, batch, threads):
    return Variant("openblas", threads, (place.PYTHON, f"{place.PEERS}/openblas_side.py", kind, case, str(batch), str(threads)))


def onnxruntime(kind, case, batch, threads):
    return Variant("onnxruntime", threads, ("node", f"{place.PEERS}/onnxruntime_side.js", place.MODULES, exported(case, batch), str(threads)))


def exported(case, batch):
    """The case as ONNX in the cache: written anew where the networks have changed since."""
    path = os.path.join(place.CACHE, "onnx", f"{case}-{batch}")
    source = os.path.join(place.PEERS, "networks.py")
    if not os.path.exists(f"{path}.output") or os.path.getmtime(f"{path}.output") < os.path.getmtime(source):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run([place.PYTHON, f"{place.PEERS}/export_onnx.py", case, str(batch), path], check=True, env=environment(len(place.processors())))
    return path


def tokenizers(kind, case, batch, threads):
    """Both sides read the tokenizer.json that this writes."""
    path = os.path.join(place.TOKENIZERS, f"{case}.json")
    if not os.path.exists(path):
        subprocess.run([place.PYTHON, f"{place.PEERS}/export_tokenizers.py", case, place.TEST_DATA, place.TOKENIZERS], check=True)
    return Variant("tokenizers", threads, ("node", f"{place.PEERS}/tokenizers_side.js", place.MODULES, path, place.TEXT))


def language(case, batch, threads):
    """
    Sarsen's and llama.cpp's side of a language model: its own programs where they are given, over HTTP on both sides where that is its
    server; else its library.
    """
    asked = case.startswith("server-")
    name, task = ("135m-q4_0-decode", case) if asked else (case, case.rsplit("-", 1)[1])
    if asked and place.LLAMA_SERVER:
        return tuple(Variant(side, threads, (place.PYTHON, f"{place.PEERS}/server_side.py", side, program, language_model(name), task, str(threads)))
                     for side, program in (("sarsen", PROGRAM), ("llama-server", place.LLAMA_SERVER)))
    if not asked and place.LLAMA_BENCH:
        command = (place.PYTHON, f"{place.PEERS}/llama_bench_side.py", place.LLAMA_BENCH)
    else:
        command = ("node", f"{place.PEERS}/llama_side.js", place.MODULES)
    return sarsen("llm", case, batch, threads), Variant("llama", threads, (*command, language_model(name), task, str(threads)))


def language_model(case):
    """The file of a case's model, which both sides read: made where it is missing."""
    return subprocess.run(["dotnet", OURS, "model", case], check=True, stdout=subprocess.PIPE, text=True, env=environment(1)).stdout.strip()


def language_memory(case, threads):
    """What each side holds after some requests and after many."""
    ours, theirs = language(case, None, threads)
    if not place.LLAMA_SERVER:
        ours = Variant("sarsen", threads, ("dotnet", OURS, "memory", "llm", case))
    return held(ours), held(theirs)


def held(variant):
    done = subprocess.run(variant.command, stdout=subprocess.PIPE, text=True, env=environment(variant.threads))
    if done.returncode != 0:
        raise SideError(f"{' '.join(variant.command)} ended with {done.returncode}: what it wrote above says why")
    return json.loads(done.stdout.splitlines()[-1])


PEERS = {"torch": torch, "torch-layer": torch_layer, "openblas": openblas, "onnxruntime": onnxruntime, "tokenizers": tokenizers}


def missing(peer):
    """Why a peer cannot take part here; None where it can."""
    if peer == "onnxruntime":
        there = os.path.isdir(os.path.join(place.MODULES, "onnxruntime-node"))
        return None if there else "onnxruntime-node is not installed: bench/run infer --install"
    if peer == "llama":
        there = (place.LLAMA_BENCH and place.LLAMA_SERVER) or os.path.isdir(os.path.join(place.MODULES, "node-llama-cpp"))
        return None if there else "node-llama-cpp is not installed: bench/llm --install; or name llama.cpp's programs by --llama-bench and --llama-server"
    if peer == "tokenizers":
        if not os.path.exists(place.TEXT):
            return f"{place.TEXT} is not there: set SARSEN_TEST_DATA to the folder with the test data"
        there = os.path.isdir(os.path.join(place.MODULES, "@anush008", "tokenizers"))
        return None if there else "@anush008/tokenizers is not installed: bench/run tokenizers --install"
    module = {"torch": "torch", "openblas": "numpy"}[peer]
    found = os.path.exists(place.PYTHON) and subprocess.run([place.PYTHON, "-c", f"import {module}"], stderr=subprocess.DEVNULL).returncode == 0
    if not found:
        return f"python3-{module} is not installed: bench/run train --install"
    return None if os.path.isdir(place.OPENMP_BLAS) else "libopenblas0-openmp is not installed: bench/run train --install"
