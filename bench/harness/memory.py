"""Rows of alloc: what a steady run of Sarsen takes, which no peer is asked."""
from . import sides

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


def row(case, batch, threads, unit, ours, peer, theirs, holds):
    return {"bench": "alloc", "case": case, "batch": batch, "threads": threads, "unit": unit,
            "ours": ours, "peer": peer, "theirs": theirs, "ratio": None, "spread": None, "holds": holds}
