#!/usr/bin/python3
"""The side of llama.cpp's own llama-bench, which is started anew for each turn and times only what it is asked for.

usage: llama_bench_side.py PROGRAM MODEL prefill|decode THREADS
"""
import json
import statistics
import subprocess
import sys

from stint import LEAST_RUNS, LONG, answer

PROMPT, ANSWER = 512, 128


def main():
    program, model, task, threads = sys.argv[1:]
    tokens = ["-p", str(PROMPT), "-n", "0"] if task == "prefill" else ["-p", "0", "-n", str(ANSWER)]

    def run(repetitions):
        command = [program, "-m", model, *tokens, "-t", threads, "-r", str(repetitions), "-o", "json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
        return json.loads(done.stdout)[0]

    first = run(1)
    # It has warmed itself up before it times.
    seconds_of_one = first["samples_ns"][0] / 1e9

    def turn(seconds):
        least = LEAST_RUNS if seconds_of_one * LEAST_RUNS < LONG else 1
        samples = run(max(least, round(seconds / seconds_of_one)))["samples_ns"]
        return statistics.median(samples) / 1e9, len(samples)

    answer(f"llama-bench b{first['build_number']} ({first['build_commit']})", turn)


main()
