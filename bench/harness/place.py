"""Where things are, and what machine this is."""
import os
import platform

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
PEERS = os.path.join(ROOT, "bench", "peers")
# Packages and models that the peers need: made when asked for, never committed.
CACHE = os.path.join(ROOT, "artifacts", "bench")
MODULES = os.path.join(CACHE, "node_modules")
TOKENIZERS = os.path.join(CACHE, "tokenizers")
MODELS = os.path.join(CACHE, "models")
TEST_DATA = os.environ.get("SARSEN_TEST_DATA") or os.path.abspath(os.path.join(ROOT, "..", "shared", "data"))
TEXT = os.path.join(TEST_DATA, "datasets", "tinyshakespeare", "input.txt")
PYTHON = "/usr/bin/python3"
# llama.cpp's own programs, where they are given: else its library from npm takes part.
LLAMA_BENCH = None
LLAMA_SERVER = None
OPENMP_BLAS = f"/usr/lib/{platform.machine()}-linux-gnu/openblas-openmp"


def processors():
    return sorted(os.sched_getaffinity(0))


def processor_name():
    """As the system names it, with family and model where it tells them: a hypervisor may hide the rest of the name."""
    with open("/proc/cpuinfo") as f:
        facts = dict((part.strip() for part in line.split(":", 1)) for line in f if ":" in line)
    if "model name" not in facts:
        return platform.machine()
    return f"{facts['model name']} (family {facts.get('cpu family', '?')}, model {facts.get('model', '?')})"


def machine():
    """One line for the tables: processor, cores, memory, system."""
    with open("/proc/meminfo") as f:
        memory = int(f.readline().split()[1]) / 2**20
    with open("/etc/os-release") as f:
        system = dict(line.rstrip().split("=", 1) for line in f if "=" in line).get("PRETTY_NAME", "Linux").strip('"')
    return f"{processor_name()}, {len(processors())} cores, {memory:.0f} GiB, {system}"
