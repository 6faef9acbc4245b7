// The side of huggingface/tokenizers (Rust): a line when it is ready, then for each line «SECONDS» a line of JSON.
//
// usage: node tokenizers_side.js MODULES TOKENIZER TEXT     (MODULES: a node_modules; TOKENIZER: a tokenizer.json)
"use strict";
const fs = require("fs");
const path = require("path");
const readline = require("readline");

const LEAST_RUNS = 3;
const [modules, file, text] = [process.argv[2], process.argv[3], fs.readFileSync(process.argv[4], "utf8")];
const folder = path.join(modules, "@anush008", "tokenizers");
const { Tokenizer } = require(folder);
const version = JSON.parse(fs.readFileSync(path.join(folder, "package.json"))).version;
const tokenizer = Tokenizer.fromString(fs.readFileSync(file, "utf8"));

const PIECE_LENGTH = 4096;
const pieces = Array.from({ length: Math.ceil(text.length / PIECE_LENGTH) }, (_, i) => text.slice(i * PIECE_LENGTH, (i + 1) * PIECE_LENGTH));

async function work(use = () => {}) {
  for (const piece of pieces) use(await tokenizer.encode(piece, null, { addSpecialTokens: false }));
}

// FNV-1a over the ids, so that it can be told that both sides do the same work.
async function check() {
  let hash = 0x811c9dc5;
  await work((encoding) => {
    for (const id of encoding.getIds()) hash = Math.imul(hash ^ id, 0x01000193) >>> 0;
  });
  return hash;
}

async function stint(seconds, least) {
  const times = [];
  let last = process.hrtime.bigint();
  const end = last + BigInt(Math.round(seconds * 1e9));
  while (last < end || times.length < least) {
    await work();
    const now = process.hrtime.bigint();
    times.push(Number(now - last) / 1e9);
    last = now;
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1], runs: times.length };
}

async function serve() {
  console.log(JSON.stringify({ ready: `tokenizers (Rust), npm ${version}`, result: `ids ${await check()}` }));
  for await (const line of readline.createInterface({ input: process.stdin })) {
    // The other side has just had the machine: a tenth of the time brings the caches back.
    await stint(Number(line) / 10, 1);
    console.log(JSON.stringify(await stint(Number(line), LEAST_RUNS)));
  }
}
serve();
