"""Prints sin and cos of two large f32 values, their angles reduced in exact integers with pi to 600 bits."""
import math
import struct
from fractions import Fraction


def f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]


def arctan_inverse(x, one):
    power = one // x
    total, n, sign = power, 3, -1
    while power:
        power //= x * x
        total += sign * (power // n)
        sign, n = -sign, n + 2
    return total


one = 1 << 600
pi = 4 * (4 * arctan_inverse(5, one) - arctan_inverse(239, one))  # Machin
for x in (f32(1e22), f32(3.4028234663852886e38)):
    angle = float(Fraction(int(x) * one % (2 * pi), one))
    print(x, f32(math.sin(angle)), f32(math.cos(angle)))
