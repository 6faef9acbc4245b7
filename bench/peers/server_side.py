#!/usr/bin/python3
"""A language server's side: starts the server, whose clients ask at the same time over HTTP and stream what they are answered.

usage: server_side.py sarsen|llama-server PROGRAM MODEL TASK THREADS     (TASK: server-N-throughput, server-N-first-token, or
server-N-memory, which answers 1,000 requests and prints the server's resident bytes after 100 and after all)
"""
import http
import http.client
import itertools
import json
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

from stint import serve

# Tokens of a prompt and of its answer.
LOAD, MEMORY = (256, 64), (64, 16)
FEW, MANY = 100, 1000
HOST = "127.0.0.1"
START = 120


def commands(kind, program, model, port, clients, threads, folder):
    context = sum(LOAD)
    if kind == "sarsen":
        # Its cache has room for four times the context.
        context = max(context, clients * context // 4)
        return ["dotnet", program, "serve", "--data-folder", folder, "--port", str(port), "--model", f"m={model}", "--keep-alive", "always", "--context", str(context)]
    # Without the cache of prompts that are gone: Sarsen's own keeps within the cache of keys and values.
    return [program, "--model", model, "--alias", "m", "--host", HOST, "--port", str(port), "--threads", threads, "--threads-batch", threads,
            "--parallel", str(clients), "--ctx-size", str(clients * context), "--cache-ram", "0", "--no-webui"]


def free_port():
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        return listener.getsockname()[1]


def version(kind, program):
    if kind == "sarsen":
        return "sarsen serve"
    told = subprocess.run([program, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
    return "llama-server " + next((line.removeprefix("version: ") for line in told.splitlines() if line.startswith("version: ")), "")


class Server:
    """A server with one model, and what its clients ask."""

    def __init__(self, kind, program, model, clients, threads):
        self.clients, self.prompts, self.folder = clients, itertools.count(1), tempfile.TemporaryDirectory()
        self.port, self.log = free_port(), tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(commands(kind, program, model, self.port, clients, threads, self.folder.name), stdout=self.log, stderr=self.log)
        self.pool = ThreadPoolExecutor(clients)
        end = time.monotonic() + START
        while not self._listens():
            if self.process.poll() is not None or time.monotonic() > end:
                self.close()
                sys.exit(f"{program} does not serve:\n{self._told()}")
            time.sleep(0.1)
        # What it writes at its first start, where it wants a key.
        key = re.search(r"sarsen_\S+", self._told())
        self.headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {key[0]}"} if key else {})

    def ask(self, lengths):
        """Each client asks once: the seconds until its first token."""
        return list(self.pool.map(lambda _: self._answer(*lengths), range(self.clients)))

    def resident(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return next(int(line.split()[1]) * 1024 for line in f if line.startswith("VmRSS:"))

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self.folder.cleanup()

    def _answer(self, prompt, answer):
        number = next(self.prompts)
        tokens = [300 + (i * 7919 + number * 104729) % 40000 for i in range(prompt)]
        body = {"model": "m", "prompt": tokens, "max_tokens": answer, "temperature": 0, "ignore_eos": True, "stream": True, "stream_options": {"include_usage": True}}
        begun, first, made = time.perf_counter(), None, None
        connection = http.client.HTTPConnection(HOST, self.port)
        connection.request("POST", "/v1/completions", json.dumps(body), self.headers)
        response = connection.getresponse()
        if response.status != 200:
            sys.exit(f"{response.status} {response.read().decode()}")
        for line in response:
            if line.startswith(b"data: "):
                first = first or time.perf_counter() - begun
                if b'"usage":{' in line:
                    made = json.loads(line[6:])["usage"]["completion_tokens"]
        connection.close()
        if made != answer:
            sys.exit(f"{made} tokens were generated where {answer} were asked for")
        return first

    def _listens(self):
        try:
            connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
            connection.request("GET", "/v1/models")
            return connection.getresponse().status != http.HTTPStatus.SERVICE_UNAVAILABLE
        except OSError:
            return False

    def _told(self):
        self.log.seek(0)
        return self.log.read()


def remember(server, name):
    asked, resident = 0, []
    for until in (FEW, MANY):
        while asked < until:
            server.ask(MEMORY)
            asked += server.clients
        resident.append(server.resident())
    print(json.dumps({"peer": name, "few": resident[0], "many": resident[1]}))


def main():
    kind, program, model, task, threads = sys.argv[1:]
    server, name = Server(kind, program, model, int(task.split("-")[1]), threads), version(kind, program)

    def work():
        waits = server.ask(LOAD)
        return statistics.median_high(waits) if task.endswith("-first-token") else None

    try:
        work()
        if task.endswith("-memory"):
            remember(server, name)
        else:
            serve(name, work)
    finally:
        server.close()


main()
