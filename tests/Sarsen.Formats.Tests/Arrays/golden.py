#!/usr/bin/env python3
"""Writes ArrayGolden.cs beside it: npy files by numpy, IDX files by struct, and what is in them.

Run: /usr/bin/python3 golden.py
"""
import base64
import gzip
import io
import os
import struct
import numpy as np

rng = np.random.default_rng(5)
TYPES = {"b1": "Bool", "i1": "I8", "i2": "I16", "i4": "I32", "i8": "I64", "u1": "U8", "u2": "U16", "u4": "U32", "u8": "U64",
         "f2": "F16", "f4": "F32", "f8": "F64"}


def npy(array, version):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=False)
    return out.getvalue()


def b64(data):
    return base64.b64encode(data).decode()


def values(kind, shape):
    if kind == "b1":
        return rng.integers(0, 2, shape).astype(bool)
    if kind[0] == "f":
        return rng.normal(size=shape).astype(kind)
    low = 0 if kind[0] == "u" else -100
    return rng.integers(low, 100, shape).astype(kind)


def case(name, data, array):
    array = np.asarray(array)
    plain = np.array(array, dtype=array.dtype.newbyteorder("<"), order="C")
    kind = TYPES[plain.dtype.str[1:]]
    sizes = ", ".join(map(str, array.shape))
    return f'        new("{name}", DType.{kind}, [{sizes}], "{b64(data)}",\n            "{b64(plain.tobytes())}"),'


npys = []
for kind in TYPES:
    little = values(kind, (3, 4)).astype("<" + kind if kind[1] != "1" else kind)
    npys.append(case(f"{kind} little", npy(little, (1, 0)), little))
    if kind[1] != "1":
        big = little.astype(">" + kind)
        npys.append(case(f"{kind} big", npy(big, (2, 0)), big))
    fortran = np.asfortranarray(values(kind, (2, 3, 4)))
    npys.append(case(f"{kind} fortran", npy(fortran, (3, 0)), fortran))
for name, shape in [("scalar", ()), ("empty", (0, 3)), ("hollow", (4, 0)), ("line", (5,)), ("deep", (1, 2, 1, 2, 1, 2, 1, 2))]:
    array = values("f4", shape)
    npys.append(case(name, npy(array, (1, 0)), array))
packed = values("i4", (50, 3))
npys.append(case("gzip", gzip.compress(npy(packed, (1, 0)), mtime=0), packed))
packed = np.asfortranarray(values(">f8"[1:], (7, 2, 3)).astype(">f8"))
npys.append(case("gzip fortran big", gzip.compress(npy(packed, (1, 0)), mtime=0), packed))

words = np.array([["eins", "zwölf", ""], ["𝄞", "a b", "日本語"]])
texts = []
for name, array in [("U little", words), ("U big", words.astype(words.dtype.newbyteorder(">"))), ("U fortran", np.asfortranarray(words)),
                    ("S", np.char.encode(words, "utf-8"))]:
    texts.append(f'        new("{name}", "{b64(npy(array, (3, 0)))}"),')

idxs = []
for code, kind in [(0x08, "u1"), (0x09, "i1"), (0x0B, "i2"), (0x0C, "i4"), (0x0D, "f4"), (0x0E, "f8")]:
    for shape in [(5,), (4, 2, 3)]:
        array = values(kind, shape)
        data = struct.pack(">BBBB", 0, 0, code, len(shape)) + struct.pack(f">{len(shape)}I", *shape) + array.astype(">" + kind).tobytes()
        idxs.append(case(f"{kind} {len(shape)}", gzip.compress(data, mtime=0) if kind == "i2" else data, array))

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "ArrayGolden.cs"), "w") as out:
    out.write(f'''using Sarsen.Tensors;

namespace Sarsen.Formats.Tests;

/// <summary>Written by golden.py: a file, and its elements little-endian and row-major, both in base64.</summary>
internal sealed record ArrayGolden(string Name, DType Type, long[] Sizes, string File, string Elements)
{{
    public static readonly ArrayGolden[] Npy =
    [
{chr(10).join(npys)}
    ];

    public static readonly ArrayGolden[] Idx =
    [
{chr(10).join(idxs)}
    ];
}}

/// <summary>Written by golden.py: a npy file of texts.</summary>
internal sealed record TextGolden(string Name, string File)
{{
    public static readonly string[] Words = ["{'", "'.join(words.flatten().tolist())}"];

    public static readonly TextGolden[] All =
    [
{chr(10).join(texts)}
    ];
}}
''')
