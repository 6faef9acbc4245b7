// The side of llama.cpp, for one line of the input:
//   {"file": GGUF, "ids": [...], "more": N}   {"logits": [[...]], "ids": [...], "more": [[...]]}: the logits behind each token of ids,
//                                             and the likeliest continuation by N tokens with the logits behind each
//   {"file": GGUF, "texts": [...]}            {"tokens": [[...]]}: each text's tokens, without those around it
//
// usage: node llama_cpp_side.mjs MODULES     (MODULES: a node_modules with node-llama-cpp)
import path from "node:path";
import readline from "node:readline";
import { pathToFileURL } from "node:url";

const { getLlama, LlamaLogLevel } = await import(pathToFileURL(path.join(process.argv[2], "node-llama-cpp", "dist", "index.js")).href);
const llama = await getLlama({ gpu: false, build: "never", skipDownload: true, logLevel: LlamaLogLevel.error });

function row(map) {
  const logits = new Array(map.size);
  for (const [token, logit] of map) logits[token] = logit;
  return logits;
}

async function evaluate(sequence, ids) {
  const results = await sequence.controlledEvaluate(ids.map((id) => [id, { generateNext: { logits: true } }]));
  return results.map((result) => row(result.next.logits));
}

async function continued(model, ids, more) {
  // Keys and values in f32, as nothing else would show what differs.
  const context = await model.createContext({ contextSize: 64, threads: 1, flashAttention: false, experimentalKvCacheKeyType: "F32", experimentalKvCacheValueType: "F32" });
  const sequence = context.getSequence();
  const logits = await evaluate(sequence, ids), chosen = [], behind = [];
  let last = logits.at(-1);
  for (let i = 0; i < more; i++) {
    const token = last.indexOf(Math.max(...last));
    chosen.push(token);
    [last] = await evaluate(sequence, [token]);
    behind.push(last);
  }
  return { logits, ids: chosen, more: behind };
}

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { file, ids, more, texts } = JSON.parse(line);
  const model = await llama.loadModel({ modelPath: file, gpuLayers: 0 });
  const answer = texts ? { tokens: texts.map((text) => model.tokenize(text, false)) } : await continued(model, ids, more);
  // Written whole before the process ends, which a pipe does not wait for.
  await new Promise((written) => process.stdout.write(JSON.stringify(answer) + "\n", written));
  break;
}
process.exit(0);
