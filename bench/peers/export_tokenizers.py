"""Writes what the benchmarks of tokenizers read: CASE.json, a tokenizer.json from a vocabulary of the test data.

usage: export_tokenizers.py CASE TEST_DATA FOLDER     (CASE: a row of CASES)
"""
import gzip
import json
import os
import struct
import sys

BYTE_LEVEL = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
FORMATS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
CL100K = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def metadata(path):
    with gzip.open(path) as file:
        data, at = file.read(), 8

    def number(form):
        nonlocal at
        (value,) = struct.unpack_from("<" + form, data, at)
        at += struct.calcsize(form)
        return value

    def text():
        nonlocal at
        length = number("Q")
        at += length
        return data[at - length:at].decode()

    def value(kind):
        if kind == 9:
            kind, count = number("I"), number("Q")
            return [value(kind) for _ in range(count)]
        return text() if kind == 8 else number(FORMATS[kind])

    number("Q")
    return {text(): value(number("I")) for _ in range(number("Q"))}


def gpt2(data):
    """Byte-level BPE with GPT-2's pattern and vocabulary."""
    values = metadata(f"{data}/conformance/llama.cpp-vocab/ggml-vocab-gpt-2.gguf.gz")
    vocabulary = {token: i for i, token in enumerate(values["tokenizer.ggml.tokens"])}
    return {"pre_tokenizer": BYTE_LEVEL, "decoder": BYTE_LEVEL, "model": {"type": "BPE", "vocab": vocabulary, "merges": values["tokenizer.ggml.merges"]}}


def llama(data):
    """SentencePiece BPE with Llama 2's vocabulary, whose merges are in the order of their tokens' scores."""
    values = metadata(f"{data}/conformance/llama.cpp-vocab/ggml-vocab-llama-spm.gguf.gz")
    tokens, scores = values["tokenizer.ggml.tokens"], values["tokenizer.ggml.scores"]
    vocabulary = {token: i for i, token in enumerate(tokens)}
    merges = []
    for i in sorted((i for i in range(len(tokens)) if values["tokenizer.ggml.token_type"][i] == 1), key=lambda i: -scores[i]):
        cuts = [(tokens[i][:c], tokens[i][c:]) for c in range(1, len(tokens[i]))]
        merges += [f"{a} {b}" for a, b in sorted((c for c in cuts if c[0] in vocabulary and c[1] in vocabulary), key=lambda c: (vocabulary[c[0]], vocabulary[c[1]]))]
    return {
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
        "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}, {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
        "model": {"type": "BPE", "unk_token": "<unk>", "fuse_unk": True, "byte_fallback": True, "vocab": vocabulary, "merges": merges},
    }


def llama3(data):
    """Byte-level BPE with the pattern of Llama 3 over a vocabulary that has no tokens across its words: GPT-2's."""
    split = {"type": "Split", "pattern": {"Regex": CL100K}, "behavior": "Isolated", "invert": False}
    return gpt2(data) | {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, BYTE_LEVEL | {"use_regex": False}]}}


CASES = {"gpt2": gpt2, "llama": llama, "llama3": llama3}
REST = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": [], "normalizer": None, "pre_tokenizer": None, "post_processor": None, "decoder": None}

if __name__ == "__main__":
    case, data, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, f"{case}.json"), "w", encoding="utf-8") as out:
        json.dump(REST | CASES[case](data), out, ensure_ascii=False)
