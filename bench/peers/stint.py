"""A peer's side of the talk with bench/run: a line when it is ready, then for each line «SECONDS» a line of JSON."""
import json
import sys
import time

LEAST_RUNS = 3


def median_of(work, seconds, least=LEAST_RUNS):
    """The median seconds of a run, and how many runs there were."""
    times, begun = [], time.perf_counter()
    end, last = begun + seconds, begun
    while last < end or len(times) < least:
        work()
        now = time.perf_counter()
        times.append(now - last)
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
    print(json.dumps({"ready": name, "way": way} | ({} if result is None else {"result": result})), flush=True)
    for line in sys.stdin:
        seconds = float(line)
        # The other side has just had the machine: a tenth of the time brings the caches back.
        median_of(work, seconds / 10, least=1)
        median, runs = median_of(work, seconds)
        print(json.dumps({"median": median, "runs": runs}), flush=True)
