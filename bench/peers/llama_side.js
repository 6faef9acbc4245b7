// The side of llama.cpp: a line when it is ready, then for each line «SECONDS» a line of JSON.
//
// usage: node llama_side.js MODULES MODEL TASK THREADS     (MODULES: a node_modules; MODEL: a GGUF; TASK: prefill, decode, server-N-throughput,
// server-N-first-token, or server-N-memory, which answers 1,000 requests and prints the resident bytes after 100 and after all)
"use strict";
const path = require("path");
const fs = require("fs");
const readline = require("readline");
const { pathToFileURL } = require("url");

const LEAST_RUNS = 3;
// What takes longer than this need not be run several times a turn: the rounds do that.
const LONG = 1;
const [PROMPT, ANSWER] = [512, 128];
const [SERVER_PROMPT, SERVER_ANSWER] = [256, 64];
const [MEMORY_PROMPT, MEMORY_ANSWER] = [64, 16];
const [modules, file, task, threads] = [process.argv[2], process.argv[3], process.argv[4], Number(process.argv[5])];
const clients = task.startsWith("server-") ? Number(task.split("-")[1]) : 1;

async function open() {
  const folder = path.join(modules, "node-llama-cpp");
  const { getLlama, LlamaLogLevel } = await import(pathToFileURL(path.join(folder, "dist", "index.js")));
  const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version;
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: PROMPT + ANSWER, batchSize: PROMPT, threads: { ideal: threads, min: threads }, sequences: clients });
  const release = llama.llamaCppRelease;
  return { sequences: Array.from({ length: clients }, () => context.getSequence()), name: `llama.cpp ${release.release} (node-llama-cpp ${version})` };
}

let prompts = 0;

function tokens(count) {
  prompts++;
  return Array.from({ length: count }, (_, i) => 300 + ((i * 7919 + prompts * 104729) % 40000));
}

async function answer(sequence, prompt, count) {
  const begun = process.hrtime.bigint();
  let [made, first] = [0, 0];
  for await (const _ of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    if (made++ === 0) first = Number(process.hrtime.bigint() - begun) / 1e9;
    if (made === count) break;
  }
  return first;
}

// The seconds that count, where they are not those of all of it.
async function work(sequences) {
  for (const sequence of sequences) await sequence.clearHistory();
  if (task === "prefill") {
    await sequences[0].evaluateWithoutGeneratingNewTokens(tokens(PROMPT));
  } else if (task === "decode") {
    await answer(sequences[0], tokens(1), ANSWER);
  } else {
    const firsts = await Promise.all(sequences.map((sequence) => answer(sequence, tokens(SERVER_PROMPT), SERVER_ANSWER)));
    firsts.sort((a, b) => a - b);
    if (task.endsWith("first-token")) return firsts[clients >> 1];
  }
}

async function stint(sequences, seconds, least) {
  const times = [];
  const begun = process.hrtime.bigint();
  let last = begun;
  const after = (span) => last >= begun + BigInt(Math.round(span * 1e9));
  while (!after(seconds) || (times.length < least && !after(LONG))) {
    const counts = await work(sequences);
    const now = process.hrtime.bigint();
    times.push(counts ?? Number(now - last) / 1e9);
    last = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], runs: times.length, bytes: 0 };
}

async function serve(sequences, name) {
  let begun = process.hrtime.bigint();
  await work(sequences);
  let run = Number(process.hrtime.bigint() - begun) / 1e9;
  console.log(JSON.stringify({ ready: name }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    // The other side has just had the machine: a tenth of the time brings the caches back, and a long run does so itself.
    if (run < Number(line)) await stint(sequences, Number(line) / 10, 1);
    begun = process.hrtime.bigint();
    const done = await stint(sequences, Number(line), LEAST_RUNS);
    run = Number(process.hrtime.bigint() - begun) / 1e9 / done.runs;
    console.log(JSON.stringify(done));
  }
}

async function remember(sequences, name) {
  const resident = {};
  for (let asked = 0; asked < 1000; ) {
    for (const sequence of sequences) await sequence.clearHistory();
    await Promise.all(sequences.map((sequence) => answer(sequence, tokens(MEMORY_PROMPT), MEMORY_ANSWER)));
    asked += clients;
    if (asked >= 100) resident.few ??= process.memoryUsage.rss();
  }
  console.log(JSON.stringify({ peer: name, ...resident, many: process.memoryUsage.rss() }));
  process.exit();
}

open().then(({ sequences, name }) => (task.endsWith("-memory") ? remember : serve)(sequences, name));
