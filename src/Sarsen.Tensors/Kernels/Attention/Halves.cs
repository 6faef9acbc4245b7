using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>f16 as storage: to f32 exactly, and back to the nearest, ties to even.</summary>
internal static unsafe class Halves
{
    /// <summary>y[i] = x[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ushort* x, float* y, nint count)
    {
        nint i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - 16; i += 16)
            {
                (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(x + i));
                Widen(low).Store(y + i);
                Widen(high).Store(y + i + 8);
            }
        }
        for (; i < count; i++)
            y[i] = (float)BitConverter.UInt16BitsToHalf(x[i]);
    }

    public static ushort Narrow(float x) => BitConverter.HalfToUInt16Bits((Half)x);

    // Exponent and fraction moved into place are 2^-112 of the value, denormals included; infinity and NaN lack the upper
    // bits of their exponent.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(Vector256<uint> half)
    {
        Vector256<uint> magnitude = half & Vector256.Create(0x7FFFu), sign = (half & Vector256.Create(0x8000u)) << 16;
        Vector256<float> value = (magnitude << 13).AsSingle() * Vector256.Create(5.192296858534828e33f);
        Vector256<uint> special = Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x7BFF)).AsUInt32() & Vector256.Create(0x7F800000u);
        return (value.AsUInt32() | special | sign).AsSingle();
    }
}
