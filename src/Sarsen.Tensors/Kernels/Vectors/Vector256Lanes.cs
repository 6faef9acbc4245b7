using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>Sixteen lanes in two 256-bit registers (AVX2 and FMA).</summary>
public readonly unsafe struct Vector256Lanes(Vector256<float> a, Vector256<float> b) : IVector<Vector256Lanes>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<float> _a = a, _b = b;

    public static bool IsSupported => Vector256.IsHardwareAccelerated && Avx2.IsSupported && System.Runtime.Intrinsics.X86.Fma.IsSupported;

    [MethodImpl(Inline)]
    public static Vector256Lanes Create(float value)
    {
        Vector256<float> v = Vector256.Create(value);
        return new(v, v);
    }

    [MethodImpl(Inline)]
    public static Vector256Lanes FromBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(Inline)]
    public static Vector256Lanes Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    // Loops ask for the rest of a row at each step, and nearly always it is sixteen: masks cost much more than the branch.
    [MethodImpl(Inline)]
    public static Vector256Lanes Load(float* source, nint count) => count >= 16 ? Load(source) : new(
        Avx.MaskLoad(source, Mask(count)),
        Avx.MaskLoad(source + 8, Mask(count - 8)));

    // The last of 31 elements is the last that is read: the second half begins one earlier, and its even ones are odd.
    [MethodImpl(Inline)]
    public static Vector256Lanes LoadEven(float* source) => new(
        Even(Vector256.Load(source), Vector256.Load(source + 8)),
        Odd(Vector256.Load(source + 15), Vector256.Load(source + 23)));

    [MethodImpl(Inline)]
    public static Vector256Lanes LoadEven(float* source, nint count)
    {
        nint elements = (2 * count) - 1;
        Vector256Lanes low = Load(source, elements), high = Load(source + 16, elements - 16);
        return new(Even(low._a, low._b), Even(high._a, high._b));
    }

    // Within 128-bit halves, then the quarters into order.
    [MethodImpl(Inline)]
    private static Vector256<float> Even(Vector256<float> a, Vector256<float> b) =>
        Avx2.Permute4x64(Avx.Shuffle(a, b, 0b10_00_10_00).AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(Inline)]
    private static Vector256<float> Odd(Vector256<float> a, Vector256<float> b) =>
        Avx2.Permute4x64(Avx.Shuffle(a, b, 0b11_01_11_01).AsDouble(), 0b11_01_10_00).AsSingle();

    [MethodImpl(Inline)]
    public static void LoadPairs(float* source, out Vector256Lanes even, out Vector256Lanes odd)
    {
        Vector256Lanes low = Load(source), high = Load(source + 16);
        even = new(Even(low._a, low._b), Even(high._a, high._b));
        odd = new(Odd(low._a, low._b), Odd(high._a, high._b));
    }

    [MethodImpl(Inline)]
    public static void StorePairs(Vector256Lanes even, Vector256Lanes odd, float* destination)
    {
        StorePairs(even._a, odd._a, destination);
        StorePairs(even._b, odd._b, destination + 16);
    }

    // Within 128-bit halves, then the halves into order.
    [MethodImpl(Inline)]
    private static void StorePairs(Vector256<float> even, Vector256<float> odd, float* destination)
    {
        Vector256<float> low = Avx.UnpackLow(even, odd), high = Avx.UnpackHigh(even, odd);
        Avx.Permute2x128(low, high, 0x20).Store(destination);
        Avx.Permute2x128(low, high, 0x31).Store(destination + 8);
    }

    [MethodImpl(Inline)]
    public void Store(float* destination)
    {
        _a.Store(destination);
        _b.Store(destination + 8);
    }

    [MethodImpl(Inline)]
    public void Store(float* destination, nint count)
    {
        if (count >= 16)
        {
            Store(destination);
            return;
        }
        Avx.MaskStore(destination, Mask(count), _a);
        Avx.MaskStore(destination + 8, Mask(count - 8), _b);
    }

    [MethodImpl(Inline)]
    public static Vector256Lanes Permute(Vector256Lanes a, Vector256Lanes lanes) => new(Permute(a, lanes._a.AsInt32()), Permute(a, lanes._b.AsInt32()));

    // Of each half the lane that the low three bits name; the fourth, moved to the sign, says of which half.
    [MethodImpl(Inline)]
    private static Vector256<float> Permute(Vector256Lanes a, Vector256<int> lanes) => Avx.BlendVariable(
        Avx2.PermuteVar8x32(a._a, lanes), Avx2.PermuteVar8x32(a._b, lanes), Vector256.ShiftLeft(lanes, 28).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes operator +(Vector256Lanes a, Vector256Lanes b) => new(a._a + b._a, a._b + b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator -(Vector256Lanes a, Vector256Lanes b) => new(a._a - b._a, a._b - b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator *(Vector256Lanes a, Vector256Lanes b) => new(a._a * b._a, a._b * b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator /(Vector256Lanes a, Vector256Lanes b) => new(a._a / b._a, a._b / b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator &(Vector256Lanes a, Vector256Lanes b) => new(a._a & b._a, a._b & b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator |(Vector256Lanes a, Vector256Lanes b) => new(a._a | b._a, a._b | b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes operator ^(Vector256Lanes a, Vector256Lanes b) => new(a._a ^ b._a, a._b ^ b._b);

    [MethodImpl(Inline)]
    public static Vector256Lanes Fma(Vector256Lanes a, Vector256Lanes b, Vector256Lanes c) => new(Vector256.FusedMultiplyAdd(a._a, b._a, c._a), Vector256.FusedMultiplyAdd(a._b, b._b, c._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes Sqrt(Vector256Lanes a) => new(Vector256.Sqrt(a._a), Vector256.Sqrt(a._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes Less(Vector256Lanes a, Vector256Lanes b) => new(Vector256.LessThan(a._a, b._a), Vector256.LessThan(a._b, b._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes LessOrEqual(Vector256Lanes a, Vector256Lanes b) => new(Vector256.LessThanOrEqual(a._a, b._a), Vector256.LessThanOrEqual(a._b, b._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes Equal(Vector256Lanes a, Vector256Lanes b) => new(Vector256.Equals(a._a, b._a), Vector256.Equals(a._b, b._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes Select(Vector256Lanes mask, Vector256Lanes a, Vector256Lanes b) => new(Vector256.ConditionalSelect(mask._a, a._a, b._a), Vector256.ConditionalSelect(mask._b, a._b, b._b));

    [MethodImpl(Inline)]
    public static Vector256Lanes AddBits(Vector256Lanes a, Vector256Lanes b) => new((a._a.AsInt32() + b._a.AsInt32()).AsSingle(), (a._b.AsInt32() + b._b.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes SubtractBits(Vector256Lanes a, Vector256Lanes b) => new((a._a.AsInt32() - b._a.AsInt32()).AsSingle(), (a._b.AsInt32() - b._b.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes ShiftLeft(Vector256Lanes a, int count) => new(Vector256.ShiftLeft(a._a.AsInt32(), count).AsSingle(), Vector256.ShiftLeft(a._b.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes ShiftRight(Vector256Lanes a, int count) => new(Vector256.ShiftRightArithmetic(a._a.AsInt32(), count).AsSingle(), Vector256.ShiftRightArithmetic(a._b.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes MultiplyBytes(Vector256Lanes u, Vector256Lanes s) => new(
        Avx2.MultiplyAddAdjacent(u._a.AsByte(), s._a.AsSByte()).AsSingle(),
        Avx2.MultiplyAddAdjacent(u._b.AsByte(), s._b.AsSByte()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes MultiplyWords(Vector256Lanes a, Vector256Lanes b) => new(
        Avx2.MultiplyAddAdjacent(a._a.AsInt16(), b._a.AsInt16()).AsSingle(),
        Avx2.MultiplyAddAdjacent(a._b.AsInt16(), b._b.AsInt16()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes AddWords(Vector256Lanes a, Vector256Lanes b) => new((a._a.AsInt16() + b._a.AsInt16()).AsSingle(), (a._b.AsInt16() + b._b.AsInt16()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes WidenBytes(sbyte* source) => new(Avx2.ConvertToVector256Int16(source).AsSingle(), Avx2.ConvertToVector256Int16(source + 16).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes LoadBytes(byte* source) => new(Avx2.ConvertToVector256Int32(source).AsSingle(), Avx2.ConvertToVector256Int32(source + 8).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes LoadBytes(sbyte* source) => new(Avx2.ConvertToVector256Int32(source).AsSingle(), Avx2.ConvertToVector256Int32(source + 8).AsSingle());

    [MethodImpl(Inline)]
    public static Vector256Lanes LoadWords(short* source) => new(Avx2.ConvertToVector256Int32(source).AsSingle(), Avx2.ConvertToVector256Int32(source + 8).AsSingle());

    // Packing works within 128-bit halves; the permutation puts the quarters into order.
    [MethodImpl(Inline)]
    public void StoreBytes(sbyte* destination)
    {
        Vector256<short> words = Avx2.Permute4x64(Avx2.PackSignedSaturate(_a.AsInt32(), _b.AsInt32()).AsInt64(), 0b11_01_10_00).AsInt16();
        Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).Store(destination);
    }

    [MethodImpl(Inline)]
    public static Vector256Lanes ToFloat(Vector256Lanes a) => new(Vector256.ConvertToSingle(a._a.AsInt32()), Vector256.ConvertToSingle(a._b.AsInt32()));

    [MethodImpl(Inline)]
    public static double Sum(Vector256Lanes a)
    {
        (Vector256<double> a0, Vector256<double> a4) = Vector256.Widen(a._a);
        (Vector256<double> b0, Vector256<double> b4) = Vector256.Widen(a._b);
        return Sum4((a0 + b0) + (a4 + b4));
    }

    [MethodImpl(Inline)]
    internal static double Sum4(Vector256<double> s)
    {
        Vector128<double> pair = s.GetLower() + s.GetUpper();
        return pair.ToScalar() + pair.GetElement(1);
    }

    [MethodImpl(Inline)]
    private static Vector256<float> Mask(nint count) =>
        Vector256.LessThan(Vector256.Create(0, 1, 2, 3, 4, 5, 6, 7), Vector256.Create((int)count)).AsSingle();
}
