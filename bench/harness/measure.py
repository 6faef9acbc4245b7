"""Contests measured: all sides run, work in turn, and the rounds are compared pair by pair."""
import os
import statistics
import time

from .sides import Side, SideError

WARM_UP = 0.5


def measure(contests, rounds, seconds):
    """Rows of the contests, whose variants all take turns in each round: first to last, then last to first."""
    variants = list(dict.fromkeys(v for contest in contests for v in contest.ours + contest.theirs))
    running = []
    try:
        for variant in variants:
            running.append(Side(variant))
        if len({side.result for side in running}) > 1:
            raise SideError("the sides do not do the same work: " + ", ".join(f"{side.name}: {side.result}" for side in running))
        for side in running:
            side.run(max(seconds, WARM_UP))
        results = {variant: [] for variant in variants}
        busy = Foreign(running)
        for number in range(rounds):
            for side in running if number % 2 == 0 else reversed(running):
                results[side.variant].append(side.run(seconds))
        foreign = busy.share()
    finally:
        for side in running:
            side.close()
    names = {side.variant: side for side in running}
    return [row(contest, results, names) | {"foreign": foreign} for contest in contests]


def row(contest, results, running):
    times = {variant: [r["median"] for r in results[variant]] for variant in contest.ours + contest.theirs}
    ours = min(contest.ours, key=lambda v: statistics.median(times[v]))
    theirs = min(contest.theirs, key=lambda v: statistics.median(times[v])) if contest.theirs else None
    other = times[theirs] if theirs else [contest.allowed] * len(times[ours])
    ratios = [b / a for a, b in zip(times[ours], other)]
    return {
        "bench": contest.bench, "case": contest.case, "batch": contest.batch, "threads": contest.threads, "unit": contest.unit,
        "ours": figure(contest, times[ours]), "peer": peer(contest, theirs, running), "theirs": figure(contest, other),
        "ratio": round(statistics.median(ratios), 3), "spread": spread(ratios),
        "bytes": max(r["bytes"] for r in results[ours]), "engine": running[ours].name,
        "ours_threads": ours.threads, "their_threads": theirs.threads if theirs else None, "their_way": running[theirs].way if theirs else None,
    }


def figure(contest, times):
    return float(f"{contest.figure(statistics.median(times)):.4g}")


def peer(contest, theirs, running):
    if theirs is None:
        return "allowed"
    if theirs.side != "sarsen":
        return running[theirs].name
    if contest.bench == "int8":
        return "f32"
    if contest.bench == "llm":
        return "the memory"
    return "one thread" if contest.ours[0].threads != theirs.threads else "in turn"


def spread(ratios):
    """The distance between the quartiles, over the median; None where there are too few rounds to tell."""
    if len(ratios) < 3:
        return None
    quarters = statistics.quantiles(ratios, n=4)
    return round((quarters[2] - quarters[0]) / quarters[1], 3)


class Foreign:
    """How much of the machine others took meanwhile: figures of a busy machine mean little."""

    def __init__(self, running):
        self.processes = [side.process.pid for side in running]
        self.begun, self.own, self.all = time.monotonic(), self._own(), machine_seconds()

    def share(self):
        others = machine_seconds() - self.all - (self._own() - self.own)
        return round(max(0.0, others / (time.monotonic() - self.begun) / os.cpu_count()), 3)

    def _own(self):
        return sum(process_seconds(pid) for side in self.processes for pid in family(side)) + process_seconds(os.getpid())


def machine_seconds():
    with open("/proc/stat") as f:
        user, nice, system, _, _, irq, softirq, steal = map(int, f.readline().split()[1:9])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


def family(pid):
    """A process and those that it started: servers run as such."""
    with open(f"/proc/{pid}/task/{pid}/children") as f:
        return [pid, *(found for child in f.read().split() for found in family(int(child)))]


def process_seconds(pid):
    """Its own, and those of what it started and saw end."""
    with open(f"/proc/{pid}/stat") as f:
        fields = f.read().rsplit(")", 1)[1].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
