// The side of llama.cpp: a line when it is ready, then for each line «SECONDS» a line of JSON.
//
// usage: node llama_side.js MODULES MODEL TASK THREADS     (MODULES: a node_modules; MODEL: a GGUF; TASK: prefill, decode, server-N-throughput or
// server-N-first-token)
"use strict";
const path = require("path");
const fs = require("fs");
const readline = require("readline");
const { pathToFileURL } = require("url");

const LEAST_RUNS = 3;
const [PROMPT, ANSWER] = [512, 128];
const [SERVER_PROMPT, SERVER_ANSWER] = [256, 64];
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
  let last = process.hrtime.bigint();
  const end = last + BigInt(Math.round(seconds * 1e9));
  while (last < end || times.length < least) {
    const counts = await work(sequences);
    const now = process.hrtime.bigint();
    times.push(counts ?? Number(now - last) / 1e9);
    last = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], runs: times.length };
}

async function serve() {
  const { sequences, name } = await open();
  await work(sequences);
  console.log(JSON.stringify({ ready: name }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    // The other side has just had the machine: a tenth of the time brings the caches back.
    await stint(sequences, Number(line) / 10, 1);
    console.log(JSON.stringify(await stint(sequences, Number(line), LEAST_RUNS)));
  }
}
serve();
