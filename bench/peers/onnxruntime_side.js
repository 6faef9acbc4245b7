// ONNX Runtime's side of infer: a line when it is ready, then for each line «SECONDS» a line of JSON.
//
// usage: node onnxruntime_side.js MODULES PATH THREADS     (MODULES: a node_modules; PATH: as export_onnx.py wrote it)
//
// It calls the native session itself: the package's own «run» waits for the event loop before each call.
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const LEAST_RUNS = 3;
const [modules, model, threads] = [process.argv[2], process.argv[3], Number(process.argv[4])];
const folder = path.join(modules, "onnxruntime-node");
const { Tensor } = require(path.join(folder, "dist", "index.js"));
const { binding, initOrt } = require(path.join(folder, "dist", "binding.js"));
const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version;

initOrt();
const session = new binding.InferenceSession();
session.loadModel(model + ".onnx", {
  executionProviders: ["cpu"], intraOpNumThreads: threads, interOpNumThreads: 1,
  executionMode: "sequential", graphOptimizationLevel: "all",
});

const [input] = session.inputMetadata;
const ids = input.type === 7; // ONNX's INT64
const x = new Tensor(ids ? "int64" : "float32", read(model + ".input", ids ? BigInt64Array : Float32Array), input.shape);
const expected = read(model + ".output", Float32Array);
const result = work().y.data;
const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - result[i])), 0);
if (!(worst < 1e-3)) {
  console.error(`ONNX Runtime differs from PyTorch by ${worst}`);
  process.exit(1);
}

console.log(JSON.stringify({ ready: `ONNX Runtime ${version}` }));
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const seconds = Number(line);
  // The other side has just had the machine: a tenth of the time brings the caches back.
  stint(seconds / 10, 1);
  console.log(JSON.stringify(stint(seconds, LEAST_RUNS)));
});

function read(file, type) {
  const bytes = fs.readFileSync(file);
  return new type(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

function work() {
  return session.run({ x }, { y: null }, {});
}

function stint(seconds, least) {
  const times = [];
  let last = process.hrtime.bigint();
  const end = last + BigInt(Math.round(seconds * 1e9));
  while (last < end || times.length < least) {
    work();
    const now = process.hrtime.bigint();
    times.push(Number(now - last) / 1e9);
    last = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], runs: times.length };
}
