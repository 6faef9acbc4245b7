using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>What follows from the operations of <see cref="IVector{TSelf}"/> on every width alike.</summary>
public static unsafe class Lanes
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static V Abs<V>(V x) where V : struct, IVector<V> => x & V.FromBits(0x7FFFFFFF);

    [MethodImpl(Inline)]
    public static V Negate<V>(V x) where V : struct, IVector<V> => x ^ V.FromBits(int.MinValue);

    /// <summary>|x| with the sign of <paramref name="sign"/>.</summary>
    [MethodImpl(Inline)]
    public static V CopySign<V>(V x, V sign) where V : struct, IVector<V> =>
        Abs(x) | (sign & V.FromBits(int.MinValue));

    /// <summary>The greater; NaN where either is NaN; <paramref name="b"/> where equal.</summary>
    [MethodImpl(Inline)]
    public static V Max<V>(V a, V b) where V : struct, IVector<V> =>
        V.Select(V.LessOrEqual(a, b), b, V.Select(V.Equal(b, b), a, b));

    /// <summary>The lesser; NaN where either is NaN; <paramref name="b"/> where equal.</summary>
    [MethodImpl(Inline)]
    public static V Min<V>(V a, V b) where V : struct, IVector<V> =>
        V.Select(V.LessOrEqual(b, a), b, V.Select(V.Equal(b, b), a, b));

    /// <summary>x, or <paramref name="low"/> where x is less; NaN stays.</summary>
    [MethodImpl(Inline)]
    public static V AtLeast<V>(V x, float low) where V : struct, IVector<V> =>
        V.Select(V.Less(x, V.Create(low)), V.Create(low), x);

    /// <summary>x, or <paramref name="high"/> where x is greater; NaN stays.</summary>
    [MethodImpl(Inline)]
    public static V AtMost<V>(V x, float high) where V : struct, IVector<V> =>
        V.Select(V.Less(V.Create(high), x), V.Create(high), x);

    /// <summary>The mask of the first <paramref name="count"/> (0 .. 16) lanes.</summary>
    [MethodImpl(Inline)]
    public static V First<V>(nint count) where V : struct, IVector<V> =>
        V.Load((float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(AllSet)), count);

    // Constant data of the assembly, which does not move.
    private static ReadOnlySpan<int> AllSet => [-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1];

    /// <summary>Whether any lane of a mask is set.</summary>
    [MethodImpl(Inline)]
    public static bool Any<V>(V mask) where V : struct, IVector<V> => V.Sum(mask & V.Create(1)) != 0;

    /// <summary>2^n for n in -126 .. 127, given as the bits of an i32.</summary>
    [MethodImpl(Inline)]
    public static V PowerOfTwo<V>(V n) where V : struct, IVector<V> => V.ShiftLeft(V.AddBits(n, V.FromBits(127)), 23);

    /// <summary>The maximum of all lanes; NaN where any is; exact, so in any order.</summary>
    [MethodImpl(Inline)]
    public static float MaxOf<V>(V x) where V : struct, IVector<V>
    {
        float* lanes = stackalloc float[16];
        x.Store(lanes);
        Vector128<float> four = Vector128.Max(Vector128.Max(Vector128.Load(lanes), Vector128.Load(lanes + 4)), Vector128.Max(Vector128.Load(lanes + 8), Vector128.Load(lanes + 12)));
        four = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
