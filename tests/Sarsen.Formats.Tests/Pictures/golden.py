#!/usr/bin/env python3
"""Writes PictureGolden.cs beside it.

PNG files of every colour type, depth, filter and interlace are packed here by hand from known samples; what they show is
computed from the samples by numpy, and compared with what Pillow reads wherever Pillow reads all of it. JPEG files are
written and read by Pillow, conversions are Pillow's.

Run: /usr/bin/python3 golden.py
"""
import base64
import io
import os
import struct
import zlib
import numpy as np
from PIL import Image

rng = np.random.default_rng(3)
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def b64(data):
    return base64.b64encode(data).decode()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack_row(samples, depth):
    """(W, S) samples to bytes."""
    flat = samples.reshape(-1)
    if depth == 16:
        return flat.astype(">u2").tobytes()
    if depth == 8:
        return flat.astype("u1").tobytes()
    bits = "".join(format(int(v), f"0{depth}b") for v in flat)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def apply_filter(kind, row, above, step):
    out = bytearray()
    for i, value in enumerate(row):
        a = row[i - step] if i >= step else 0
        b = above[i]
        c = above[i - step] if i >= step else 0
        p = a + b - c
        nearest = min([(abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c)])[2]
        out.append((value - [0, a, b, (a + b) // 2, nearest][kind]) % 256)
    return bytes(out)


def png(samples, colour, depth, interlace, palette=None, trns=None, pieces=1):
    height, width = samples.shape[:2]
    raw, kind = b"", 0
    step = max(1, SAMPLES[colour] * depth // 8)
    for x, y, dx, dy in ADAM7 if interlace else [(0, 0, 1, 1)]:
        part = samples[y::dy, x::dx]
        if part.shape[1] == 0:
            continue
        above = bytes(len(pack_row(part[0], depth))) if len(part) else b""
        for line in part:
            row = pack_row(line, depth)
            raw += bytes([kind % 5]) + apply_filter(kind % 5, row, above, step)
            above, kind = row, kind + 1
    packed = zlib.compress(raw)
    out = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace))
    out += chunk(b"tEXt", b"Title\0a text that is skipped")
    if palette is not None:
        out += chunk(b"PLTE", palette.astype("u1").tobytes())
    if trns is not None:
        out += chunk(b"tRNS", trns)
    cut = max(1, len(packed) // pieces)
    for i in range(0, len(packed), cut):
        out += chunk(b"IDAT", packed[i:i + cut])
    return out + chunk(b"IEND", b"")


def to8(samples, depth):
    return np.rint(samples.astype(float) * 255 / ((1 << depth) - 1)).astype("u1")


def case(name, data, shown):
    height, width = shown.shape[:2]
    channels = 1 if shown.ndim == 2 else shown.shape[2]
    return f'        new("{name}", {width}, {height}, {channels}, "{b64(data)}",\n            "{b64(shown.astype("u1").tobytes())}"),'


def expected(samples, colour, depth, palette, alphas, key):
    if colour == 3:
        shown = palette[samples[..., 0]]
        if alphas is not None:
            full = np.concatenate([alphas, np.full(len(palette) - len(alphas), 255)])
            shown = np.concatenate([shown, full[samples[..., 0]][..., None]], 2)
        return shown
    shown = to8(samples, depth)
    if colour == 4:
        return shown[..., [0, 0, 0, 1]]
    if key is not None:
        opaque = np.where((samples == np.array(key)).all(2), 0, 255)[..., None]
        return np.concatenate([shown.repeat(3, 2) if colour == 0 else shown, opaque], 2)
    return shown


pngs = []
for colour, depths in [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16])]:
    for depth in depths:
        for interlace in [0, 1]:
            for transparent in [False, True] if colour in (0, 2, 3) else [False]:
                high = 1 << depth
                samples = rng.integers(0, high, (7, 9, SAMPLES[colour]))
                palette = alphas = key = trns = None
                if colour == 3:
                    palette = rng.integers(0, 256, (min(high, 200), 3))
                    samples %= len(palette)
                    if transparent:
                        alphas = rng.integers(0, 256, max(1, len(palette) // 2))
                        trns = alphas.astype("u1").tobytes()
                elif transparent:
                    key = samples[3, 4]
                    samples[1:3, 2:4] = key
                    trns = key.astype(">u2").tobytes()
                data = png(samples, colour, depth, interlace, palette, trns, pieces=3 if interlace else 1)
                shown = expected(samples, colour, depth, palette, alphas, key)
                if depth < 16 and key is None:
                    mode = {0: "L", 2: "RGB", 3: "RGBA" if transparent else "RGB", 4: "RGBA", 6: "RGBA"}[colour]
                    other = np.array(Image.open(io.BytesIO(data)).convert(mode)).reshape(shown.shape)
                    assert (other == shown).all(), (colour, depth, interlace, transparent)
                pngs.append(case(f"colour {colour} depth {depth} interlace {interlace}{' tRNS' if transparent else ''}", data, shown))
for width, height in [(1, 1), (2, 1), (1, 3), (4, 5), (5, 2)]:
    samples = rng.integers(0, 256, (height, width, 3))
    pngs.append(case(f"adam7 {width} x {height}", png(samples, 2, 8, 1), samples))

x, y = np.meshgrid(np.arange(37), np.arange(26))
smooth = np.stack([x * 6, y * 9, (x + y) * 3], 2).clip(0, 255).astype("u1")
jpegs = []
for name, image, options in [
    ("grey", Image.fromarray(smooth[..., 0]), {}),
    ("4:4:4", Image.fromarray(smooth), {"subsampling": 0}),
    ("4:2:0", Image.fromarray(smooth), {"subsampling": 2}),
    ("progressive", Image.fromarray(smooth), {"progressive": True, "quality": 90}),
]:
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    jpegs.append(case(name, out.getvalue(), np.array(Image.open(io.BytesIO(out.getvalue())))))
cmyk = io.BytesIO()
Image.fromarray(smooth).convert("CMYK").save(cmyk, "JPEG")

colours = rng.integers(0, 256, (6, 8, 4)).astype("u1")
rgb = colours[..., :3]
over = colours[..., 3:].astype(float) / 255
conversions = [
    case("RGB to grey", png(rgb, 2, 8, 0), np.array(Image.fromarray(rgb).convert("L"))),
    case("RGB to RGBA", png(rgb, 2, 8, 0), np.array(Image.fromarray(rgb).convert("RGBA"))),
    case("grey to RGB", png(rgb[..., :1], 0, 8, 0), np.array(Image.fromarray(rgb[..., 0]).convert("RGB"))),
    case("RGBA dropped", png(colours, 6, 8, 0), np.array(Image.fromarray(colours).convert("RGB"))),
    case("RGBA over 200", png(colours, 6, 8, 0), np.floor(over * rgb + (1 - over) * 200 + 0.5 - 1e-9)),
]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "PictureGolden.cs"), "w") as out:
    newline = "\n"
    out.write(f'''namespace Sarsen.Formats.Tests.Pictures;

/// <summary>Written by golden.py: a file, and the pixels it shows as (H, W, C), both in base64.</summary>
internal sealed record PictureGolden(string Name, int Width, int Height, int Channels, string File, string Pixels)
{{
    public const string CmykJpeg = "{b64(cmyk.getvalue())}";

    public static readonly PictureGolden[] Png =
    [
{newline.join(pngs)}
    ];

    public static readonly PictureGolden[] Jpeg =
    [
{newline.join(jpegs)}
    ];

    public static readonly PictureGolden[] Conversions =
    [
{newline.join(conversions)}
    ];
}}
''')
