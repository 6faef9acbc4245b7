"""A peer's side of the talk with bench/run: a line when it is ready, then for each line «SECONDS» a line of JSON."""
import json
import sys
import time

LEAST_RUNS = 3
# Seconds: what takes longer need not be run several times a turn, the rounds do that.
LONG = 1


def median_of(work, seconds, least=LEAST_RUNS):
    """The median seconds of a run, those that it gives where it gives some, and how many runs there were."""
    times, begun = [], time.perf_counter()
    last = begun
    while last < begun + seconds or (len(times) < least and last < begun + LONG):
        counts = work()
        now = time.perf_counter()
        times.append(now - last if counts is None else counts)
        last = now
    times.sort()
    return times[len(times) // 2], len(times)


def fastest(candidates):
    """Of several ways to do the same work, given as (name, work), the one that is the fastest here."""
    if len(candidates) == 1:
        return candidates[0]
    best = {}
    for _ in range(2):
        for name, work in candidates:
            seconds, _ = median_of(work, 0.05, least=1)
            best[name] = min(seconds, best.get(name, seconds))
    return min(candidates, key=lambda candidate: best[candidate[0]])


def serve(name, work, way=None, result=None):
    """name: the peer's, with its version; way: how it does the work, where there are several; result: what Sarsen's side must say too."""
    run = 0

    def turn(seconds):
        nonlocal run
        # The other side has just had the machine: a tenth of the time brings the caches back, and a long run does so itself.
        if run < seconds:
            median_of(work, seconds / 10, least=1)
        begun = time.perf_counter()
        median, runs = median_of(work, seconds)
        run = (time.perf_counter() - begun) / runs
        return median, runs

    answer(name, turn, way, result)


def answer(name, turn, way=None, result=None):
    """turn: what works for some seconds and gives the median of a run and how many there were."""
    print(json.dumps({"ready": name, "way": way} | ({} if result is None else {"result": result})), flush=True)
    for line in sys.stdin:
        median, runs = turn(float(line))
        print(json.dumps({"median": median, "runs": runs, "bytes": 0}), flush=True)
