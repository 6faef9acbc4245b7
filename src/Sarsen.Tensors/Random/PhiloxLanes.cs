using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors;

/// <summary>Eight blocks of <see cref="Philox"/> one after the other, side by side in the lanes of vectors: the same words.</summary>
internal static unsafe class PhiloxLanes
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>
    /// The 32 words of the blocks whose counters are c0 … c0 + 7, c1, c2, c3; c0 + 7 does not overflow.
    /// </summary>
    [MethodImpl(Inline)]
    public static void Generate(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint* words)
    {
        Vector256<uint> x0 = Vector256.Create(c0) + Vector256.Create(0u, 1, 2, 3, 4, 5, 6, 7), x1 = Vector256.Create(c1), x2 = Vector256.Create(c2), x3 = Vector256.Create(c3);
        Vector256<uint> m0 = Vector256.Create(0xD2511F53u), m1 = Vector256.Create(0xCD9E8D57u);
        for (int round = 0; round < 10; round++)
        {
            Product(x0, m0, out Vector256<uint> low0, out Vector256<uint> high0);
            Product(x2, m1, out Vector256<uint> low1, out Vector256<uint> high1);
            (x0, x1, x2, x3) = (high1 ^ x1 ^ Vector256.Create(k0), low1, high0 ^ x3 ^ Vector256.Create(k1), low0);
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }
        // Words of a block together: within 128-bit halves, blocks 0 … 3 and 4 … 7, then the halves into order.
        Vector256<ulong> low01 = Avx2.UnpackLow(x0, x1).AsUInt64(), low23 = Avx2.UnpackLow(x2, x3).AsUInt64();
        Vector256<ulong> high01 = Avx2.UnpackHigh(x0, x1).AsUInt64(), high23 = Avx2.UnpackHigh(x2, x3).AsUInt64();
        Vector256<uint> b04 = Avx2.UnpackLow(low01, low23).AsUInt32(), b15 = Avx2.UnpackHigh(low01, low23).AsUInt32();
        Vector256<uint> b26 = Avx2.UnpackLow(high01, high23).AsUInt32(), b37 = Avx2.UnpackHigh(high01, high23).AsUInt32();
        Avx2.Permute2x128(b04, b15, 0x20).Store(words);
        Avx2.Permute2x128(b26, b37, 0x20).Store(words + 8);
        Avx2.Permute2x128(b04, b15, 0x31).Store(words + 16);
        Avx2.Permute2x128(b26, b37, 0x31).Store(words + 24);
    }

    // Even lanes and odd lanes have their 64 bits apart.
    [MethodImpl(Inline)]
    private static void Product(Vector256<uint> a, Vector256<uint> b, out Vector256<uint> low, out Vector256<uint> high)
    {
        Vector256<ulong> even = Avx2.Multiply(a, b), odd = Avx2.Multiply(Avx2.ShiftRightLogical(a.AsUInt64(), 32).AsUInt32(), b);
        low = Avx2.Blend(even.AsUInt32(), Avx2.ShiftLeftLogical(odd, 32).AsUInt32(), 0b10101010);
        high = Avx2.Blend(Avx2.ShiftRightLogical(even, 32).AsUInt32(), odd.AsUInt32(), 0b10101010);
    }
}
