using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// What the fast paths of the block types share: sixteen small integers become sixteen floats. Product and sum are rounded
/// one after the other, without fused multiply-add, as in the reference.
/// </summary>
internal static unsafe class BlockLanes
{
    /// <summary>Lowest bit first: lane i is all ones where bit i is set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Mask(int bits)
    {
        Vector128<byte> spread = Vector128.Shuffle(Vector128.Create((ushort)bits).AsByte(), Vector128.Create(0UL, 0x0101010101010101UL).AsByte());
        Vector128<byte> bit = Vector128.Create(0x8040201008040201UL).AsByte();
        return Vector128.Equals(spread & bit, bit);
    }

    /// <summary>(x[i] >> shift) and the bits of <paramref name="mask"/>, which must not reach beyond 8 - shift bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Field(Vector128<byte> x, int shift, byte mask) =>
        Vector128.ShiftRightLogical(x.AsUInt16(), shift).AsByte() & Vector128.Create(mask);

    /// <summary>y[i] = q[i] · d.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Scale(Vector128<sbyte> q, Vector256<float> d, float* y)
    {
        (Vector256<float> low, Vector256<float> high) = ToFloats(q);
        (low * d).Store(y);
        (high * d).Store(y + 8);
    }

    /// <summary>y[i] = q[i] · d + m.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd(Vector128<sbyte> q, Vector256<float> d, Vector256<float> m, float* y)
    {
        (Vector256<float> low, Vector256<float> high) = ToFloats(q);
        (low * d + m).Store(y);
        (high * d + m).Store(y + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Low, Vector256<float> High) ToFloats(Vector128<sbyte> q)
    {
        Vector256<short> wide = Vector256.WidenLower(q.ToVector256Unsafe());
        (Vector256<int> low, Vector256<int> high) = Vector256.Widen(wide);
        return (Vector256.ConvertToSingle(low), Vector256.ConvertToSingle(high));
    }
}
