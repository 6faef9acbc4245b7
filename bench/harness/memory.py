"""What is held: rows of alloc, which no peer is asked, and a language server's memory."""
from . import sides

# Servers of language models: resident bytes after 100 requests, and after 1,000.
SERVERS = ["server-8-memory"]
# Between the two it may grow by so much.
GROWTH = 0.05

# A peak that was told beforehand may be wrong by so much.
TOLERANCE = 0.1


def cases():
    return sides.cases("train") | sides.cases("infer")


def rows(case, thread_counts):
    """Managed bytes and new pages of a step and of a prediction, and the peak of training, told and taken."""
    found = []
    for threads in thread_counts:
        for kind, unit in (("train", "step"), ("infer", "prediction")):
            for batch in sides.cases(kind).get(case, []):
                taken = sides.memory(kind, case, batch, threads)
                found.append(row(case, batch, threads, f"managed bytes a {unit}", taken["bytes"], "required", 0, taken["bytes"] == 0))
                found.append(row(case, batch, threads, f"new pages a {unit}", taken["pages"], "required", 0, taken["pages"] == 0))
                if kind == "train":
                    ratio = taken["told"] / taken["taken"]
                    found.append(row(case, taken["batch"], threads, "peak bytes of training, told beforehand", taken["told"], "taken", taken["taken"],
                                     abs(ratio - 1) <= TOLERANCE) | {"ratio": round(ratio, 3)})
    return found


def server_rows(case, threads):
    """After 1,000 requests against after 100, and against llama.cpp after as many."""
    ours, theirs = sides.language_memory(case, threads)
    for peer, other, holds in (("after 100 requests", ours["few"], ours["many"] <= ours["few"] * (1 + GROWTH)), (theirs["peer"], theirs["many"], ours["many"] <= theirs["many"])):
        yield row(case, 0, threads, "MB", megabytes(ours["many"]), peer, megabytes(other), holds) | {"bench": "llm", "ratio": round(other / ours["many"], 3)}


def megabytes(size):
    return round(size / 1e6, 1)


def row(case, batch, threads, unit, ours, peer, theirs, holds):
    return {"bench": "alloc", "case": case, "batch": batch, "threads": threads, "unit": unit,
            "ours": ours, "peer": peer, "theirs": theirs, "ratio": None, "spread": None, "holds": holds}
