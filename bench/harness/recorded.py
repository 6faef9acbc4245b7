"""Ratios that were recorded, and the check that they still hold."""
import json
import os

from . import place, sides
from .contests import KINDS
from .measure import measure

PATH = os.path.join(place.ROOT, "bench", "recorded.json")
KEY = ("bench", "case", "batch", "threads")


def load():
    if not os.path.exists(PATH):
        return {"processor": place.processor_name(), "rows": []}
    with open(PATH) as f:
        return json.load(f)


def record(rows):
    """Adds the rows, or writes them over the same ones; rows of another processor are dropped."""
    known = load()
    kept = known["rows"] if known["processor"] == place.processor_name() else []
    by_key = {key(row): row for row in kept} | {key(row): {name: row[name] for name in (*KEY, "ratio", "spread")} for row in rows}
    with open(PATH, "w") as f:
        body = ",\n".join("    " + json.dumps(by_key[k]) for k in sorted(by_key))
        f.write(f'{{\n  "processor": {json.dumps(place.processor_name())},\n  "rows": [\n{body}\n  ]\n}}\n')


def key(row):
    return tuple(row[name] for name in KEY)


def check(rounds, seconds):
    """Measures what was recorded. A row fails where its ratio is below the recorded one by more than three times its own spread."""
    known = load()
    passed = failed = skipped = 0
    for row in known["rows"]:
        name = f"{row['bench']} {row['case']} batch {row['batch']} threads {row['threads']}"
        reason = why_not(known, row)
        if reason:
            skipped += 1
            print(f"skipped: {name}: {reason}", flush=True)
            continue
        now, least = compare(row, rounds, seconds)
        if now["ratio"] < least or least <= 0:
            # Once more and longer: a neighbour can spoil a few rounds.
            now, least = compare(row, 2 * rounds, seconds)
        if least <= 0:
            skipped += 1
            print(f"skipped: {name}: the machine is too busy to tell: ratio {now['ratio']:.2f}, spread {now['spread']:.2f}", flush=True)
            continue
        holds = now["ratio"] >= least
        passed, failed = passed + holds, failed + (not holds)
        print(f"{'passed' if holds else 'FAILED'}: {name}: ratio {now['ratio']:.2f}, recorded {row['ratio']:.2f}, at least {least:.2f}", flush=True)
    if not known["rows"]:
        skipped = 1
        print("skipped: nothing is recorded yet: bench/run train --record")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


def compare(row, rounds, seconds):
    (now,) = measure(KINDS[row["bench"]].contests(row["case"], row["batch"], [row["threads"]]), rounds, seconds)
    return now, row["ratio"] - 3 * now["spread"] * now["ratio"]


def why_not(known, row):
    if known["processor"] != place.processor_name():
        return f"recorded on {known['processor']}, this is {place.processor_name()}"
    if row["threads"] > len(place.processors()):
        return f"needs {row['threads']} processors"
    return next(filter(None, map(sides.missing, KINDS[row["bench"]].peers)), None)
