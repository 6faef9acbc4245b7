using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>F16 and BF16 to f32, exactly, many at a time: what weights that are stored in sixteen bits are read through.</summary>
public static unsafe class Widening
{
    /// <summary>y[i] = x[i]; they do not overlap.</summary>
    /// <param name="type">F16 or BF16.</param>
    /// <param name="x">The elements.</param>
    /// <param name="y">As many floats.</param>
    /// <param name="count">How many.</param>
    public static void Run(DType type, ushort* x, float* y, nint count)
    {
        if (type == DType.F16)
            FromF16(x, y, count);
        else
            FromBF16(x, y, count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromF16(ushort* x, float* y, nint count)
    {
        nint i = 0;
        if (Avx512F.IsSupported)
        {
            for (; i <= count - 16; i += 16)
                FromF16(Avx512F.ConvertToVector512Int32(Vector256.Load((short*)(x + i)))).Store(y + i);
        }
        for (; i <= count - 16; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(x + i));
            FromF16(low).Store(y + i);
            FromF16(high).Store(y + i + 8);
        }
        for (; i < count; i++)
            y[i] = (float)BitConverter.UInt16BitsToHalf(x[i]);
    }

    // The exponent is put right by a product, which also makes numbers of denormals.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FromF16(Vector256<uint> bits)
    {
        Vector256<uint> size = Vector256.ShiftLeft(bits & Vector256.Create(0x7FFFu), 13);
        Vector256<uint> number = (size.AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle((127 + 112) << 23))).AsUInt32();
        Vector256<uint> special = Vector256.GreaterThan(size.AsInt32(), Vector256.Create((0x7C00 << 13) - 1)).AsUInt32();
        Vector256<uint> sign = Vector256.ShiftLeft(bits & Vector256.Create(0x8000u), 16);
        return (Vector256.ConditionalSelect(special, size | Vector256.Create(0x7F800000u), number) | sign).AsSingle();
    }

    // The same of lanes whose sign was repeated, which leaves it at its place.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FromF16(Vector512<int> bits)
    {
        Vector512<int> placed = Vector512.ShiftLeft(bits, 13) & Vector512.Create(unchecked((int)0x8FFFE000)), highest = Vector512.Create(0x7C00);
        Vector512<int> number = (placed.AsSingle() * Vector512.Create(BitConverter.UInt32BitsToSingle((127 + 112) << 23))).AsInt32();
        return Vector512.ConditionalSelect(Vector512.Equals(bits & highest, highest), placed | Vector512.Create(0x7F800000), number).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FromBF16(ushort* x, float* y, nint count)
    {
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            (Vector256<uint> low, Vector256<uint> high) = Vector256.Widen(Vector256.Load(x + i));
            Vector256.ShiftLeft(low, 16).AsSingle().Store(y + i);
            Vector256.ShiftLeft(high, 16).AsSingle().Store(y + i + 8);
        }
        for (; i < count; i++)
            y[i] = Cast.FromBFloat16(x[i]);
    }
}
