// The side of llama.cpp: a line when it is ready, then for each line «SECONDS» a line of JSON.
//
// usage: node llama_side.js MODULES MODEL TASK THREADS     (MODULES: a node_modules; MODEL: a GGUF; TASK: prefill or decode)
"use strict";
const path = require("path");
const fs = require("fs");
const readline = require("readline");
const { pathToFileURL } = require("url");

const LEAST_RUNS = 3;
const [PROMPT, ANSWER] = [512, 128];
const [modules, file, task, threads] = [process.argv[2], process.argv[3], process.argv[4], Number(process.argv[5])];

async function open() {
  const folder = path.join(modules, "node-llama-cpp");
  const { getLlama, LlamaLogLevel } = await import(pathToFileURL(path.join(folder, "dist", "index.js")));
  const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version;
  const llama = await getLlama({ gpu: false, build: "never", logLevel: LlamaLogLevel.error, maxThreads: threads });
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const context = await model.createContext({ contextSize: PROMPT + ANSWER, batchSize: PROMPT, threads: { ideal: threads, min: threads }, sequences: 1 });
  const release = llama.llamaCppRelease;
  return { sequence: context.getSequence(), name: `llama.cpp ${release.release} (node-llama-cpp ${version})` };
}

async function work(sequence) {
  await sequence.clearHistory();
  const tokens = Array.from({ length: task === "prefill" ? PROMPT : 1 }, (_, i) => 300 + ((i * 7919) % 40000));
  if (task === "prefill") {
    await sequence.evaluateWithoutGeneratingNewTokens(tokens);
    return;
  }
  let made = 0;
  for await (const _ of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) {
    if (++made === ANSWER) break;
  }
}

async function stint(sequence, seconds, least) {
  const times = [];
  let last = process.hrtime.bigint();
  const end = last + BigInt(Math.round(seconds * 1e9));
  while (last < end || times.length < least) {
    await work(sequence);
    const now = process.hrtime.bigint();
    times.push(Number(now - last) / 1e9);
    last = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], runs: times.length };
}

async function serve() {
  const { sequence, name } = await open();
  await work(sequence);
  console.log(JSON.stringify({ ready: name }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    // The other side has just had the machine: a tenth of the time brings the caches back.
    await stint(sequence, Number(line) / 10, 1);
    console.log(JSON.stringify(await stint(sequence, Number(line), LEAST_RUNS)));
  }
}
serve();
