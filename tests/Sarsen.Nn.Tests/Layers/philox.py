"""Philox4x32-10 and its streams in NumPy, from the paper and the docstrings of Rng: masks of dropout for the goldens.

Source: Salmon et al., «Parallel Random Numbers: As Easy as 1, 2, 3», SC 2011, section 3.3; SplitMix64's finaliser and FNV-1a
make the keys.
"""
import numpy as np

BITS = (1 << 64) - 1


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & BITS
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & BITS
    return z ^ (z >> 31)


def fnv(text):
    value = 0xCBF29CE484222325
    for byte in text.encode("utf-16-be"):
        value = ((value ^ byte) * 0x100000001B3) & BITS
    return value


def key(seed, stream, *within):
    bits = mix(mix(seed) ^ fnv(stream))
    for name in within:
        bits = mix(bits ^ fnv(name))
    return bits


def words(bits, step, sample, count):
    """The first words of a (step, sample): the counter is 48 bits of block, 40 of sample and 40 of step, from its low end."""
    counter = [np.arange((count + 3) // 4, dtype=np.uint64) + np.uint64(0)]
    counter += [np.full_like(counter[0], v & 0xFFFFFFFF) for v in (sample << 16, sample >> 16 | step << 24, step >> 8)]
    c0, c1, c2, c3 = counter
    k0, k1 = bits & 0xFFFFFFFF, bits >> 32
    low, high = np.uint64(0xFFFFFFFF), np.uint64(32)
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c0, np.uint64(0xCD9E8D57) * c2
        c0, c1, c2, c3 = (p1 >> high) ^ c1 ^ np.uint64(k0), p1 & low, (p0 >> high) ^ c3 ^ np.uint64(k1), p0 & low
        k0, k1 = (k0 + 0x9E3779B9) & 0xFFFFFFFF, (k1 + 0xBB67AE85) & 0xFFFFFFFF
    return np.stack([c0, c1, c2, c3], 1).reshape(-1)[:count]


def kept(bits, step, samples, size, probability):
    """(samples, size): 1 where an element stays, 0 where it is dropped."""
    least = round(probability * 2**32)
    return np.stack([words(bits, step, sample, size) >= least for sample in range(samples)]).astype(np.float64)
