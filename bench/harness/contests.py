"""What is compared with what: for each kind of benchmark its cases, its sides and its unit."""
import os
from dataclasses import dataclass
from typing import Callable, Optional

from . import memory, place, sides


# Tokens that a decode case generates.
ANSWER = 128


@dataclass(frozen=True)
class Contest:
    """A row: the fastest of our variants against the fastest of theirs."""

    bench: str
    case: str
    batch: int
    threads: int
    unit: str
    figure: Callable  # from the seconds of an operation to the unit
    ours: tuple
    theirs: tuple
    # Where there is no peer: the seconds that an operation may take.
    allowed: Optional[float] = None


def micros(seconds):
    return seconds * 1e6


def up_to(threads):
    """A row for n threads counts each side's best at up to n: more threads can be slower on a small network."""
    return sorted({1, threads})


def against(kind, peers, figure=micros, unit="us"):
    def contests(case, batch, thread_counts):
        return [Contest(kind, case, batch, n, unit, figure_of(figure, case),
                        tuple(sides.sarsen(kind, case, batch, t) for t in up_to(n)),
                        tuple(sides.PEERS[peer](kind, case, batch, t) for t in up_to(n) for peer in peers(case)))
                for n in thread_counts]
    return contests


def figure_of(figure, case):
    return figure(case) if figure is gflops else figure


def gflops(case):
    sizes = [int(size) for size in case.split("x")]
    m, k, n = sizes if len(sizes) == 3 else sizes * 3
    return lambda seconds: 2 * m * k * n / seconds / 1e9


def scaling(case, batch, thread_counts):
    """Our n threads against our one."""
    return [Contest("threads", case, batch, n, "us", micros, (sides.sarsen("train", case, batch, n),), (sides.sarsen("train", case, batch, 1),))
            for n in thread_counts if n > 1]


def fork_join(case, _, thread_counts):
    return [Contest("threads", case, 0, n, "us", micros, (sides.sarsen("fork-join", case, 0, n),), (), allowed=2e-6) for n in thread_counts if n > 1]


def drivers(case, batch, thread_counts):
    """Two trainings at once against one after the other, on the same threads."""
    name = case.removeprefix("drivers-")
    return [Contest("threads", case, batch, n, "us", micros, (sides.sarsen("drivers-at-once", name, batch, n),), (sides.sarsen("drivers-in-turn", name, batch, n),))
            for n in thread_counts if n > 1]


def as_bytes(case, batch, thread_counts):
    """Predictions by bytes against those by floats."""
    return [Contest("int8", case, batch, n, "us", micros, (sides.sarsen("int8", case, batch, n),), (sides.sarsen("infer", case, batch, n),)) for n in thread_counts]


def tokenizing(case, batch, _):
    """Megabytes of text a second on one thread: neither side encodes one text on more."""
    size = os.path.getsize(place.TEXT) / 1e6
    return [Contest("tokenizers", case, batch, 1, "MB/s", lambda seconds: size / seconds, (sides.sarsen("tokenizers", case, batch, 1),), (sides.tokenizers("tokenizers", case, batch, 1),))]


def speaking(case, batch, thread_counts):
    """
    Tokens a second of a language model: of a prompt of 512, or generated one by one behind the first, 128; or generated for some
    clients at once, 64 each behind prompts of 256. And milliseconds until such clients have their first token.
    """
    if case.endswith("-read"):
        return [reading(case, batch, n) for n in thread_counts]
    if case.endswith("-first-token"):
        unit, of = "ms", lambda seconds: seconds * 1e3
    else:
        tokens = 64 * int(case.split("-")[1]) if case.startswith("server-") else 512 if case.endswith("-prefill") else ANSWER
        unit, of = "tokens/s", lambda seconds: tokens / seconds
    return [Contest("llm", case, batch, n, unit, of, (ours,), (theirs,)) for n in thread_counts for ours, theirs in [sides.language(case, batch, n)]]


def reading(case, batch, threads):
    """Bytes of weights that answers read a second, against what the memory gives to a loop that only reads."""
    generating = case.removesuffix("-read")
    def rate(seconds):
        return ANSWER * os.path.getsize(os.path.join(place.MODELS, generating.removesuffix("-decode") + ".gguf")) / seconds / 1e9
    return Contest("llm", case, batch, threads, "GB/s", rate, (sides.sarsen("llm", generating, batch, threads),), (sides.sarsen("llm-read", case, batch, threads),))


def language_cases():
    return sides.cases("llm") | sides.cases("llm-read") | {case: [0] for case in memory.SERVERS}


def inference_peers(case):
    # A step with a cache is no module call that could be exported as it is.
    return ["torch"] if case == "gpt-decode" else ["torch", "onnxruntime"]


@dataclass(frozen=True)
class Kind:
    """A kind of benchmark: its peers, and the contests of a case."""

    peers: tuple
    cases: Callable
    contests: Callable


def thread_cases():
    return sides.cases("train") | {"fork-join": [0]} | {f"drivers-{name}": batches for name, batches in sides.cases("drivers-at-once").items()}


def thread_contests(case, batch, thread_counts):
    of = fork_join if case == "fork-join" else drivers if case.startswith("drivers-") else scaling
    return of(case, batch, thread_counts)


KINDS = {
    "train": Kind(("torch",), lambda: sides.cases("train"), against("train", lambda case: ["torch"])),
    "infer": Kind(("torch", "onnxruntime"), lambda: sides.cases("infer"), against("infer", inference_peers)),
    "gemm": Kind(("openblas",), lambda: sides.cases("gemm"), against("gemm", lambda case: ["openblas"], gflops, "GFLOP/s")),
    "kernels": Kind(("torch",), lambda: sides.cases("kernels"), against("kernels", lambda case: ["torch"])),
    "layers": Kind(("torch",), lambda: sides.cases("layers"), against("layers", lambda case: ["torch-layer"])),
    "int8": Kind((), lambda: sides.cases("int8"), as_bytes),
    "tokenizers": Kind(("tokenizers",), lambda: sides.cases("tokenizers"), tokenizing),
    "llm": Kind(("llama",), language_cases, speaking),
    "threads": Kind((), thread_cases, thread_contests),
}
