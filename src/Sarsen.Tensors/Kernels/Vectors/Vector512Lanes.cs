using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>Sixteen lanes in one 512-bit register (AVX-512).</summary>
public readonly unsafe struct Vector512Lanes(Vector512<float> v) : IVector<Vector512Lanes>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<float> _v = v;

    public static bool IsSupported => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512BW.IsSupported;

    [MethodImpl(Inline)]
    public static Vector512Lanes Create(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Vector512Lanes FromBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(Inline)]
    public static Vector512Lanes Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(Inline)]
    public static Vector512Lanes Load(float* source, nint count) =>
        new(Avx512F.MaskLoad(source, Vector512.LessThan(Indices, Vector512.Create((int)count)).AsSingle(), Vector512<float>.Zero));

    [MethodImpl(Inline)]
    public static Vector512Lanes LoadEven(float* source) => new(Avx512F.PermuteVar16x32x2(
        Vector512.Load(source),
        Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 17, 19, 21, 23, 25, 27, 29, 31),
        Vector512.Load(source + 15)));

    [MethodImpl(Inline)]
    public static Vector512Lanes LoadEven(float* source, nint count)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        nint elements = (2 * count) - 1;
        return new(Avx512F.PermuteVar16x32x2(Load(source, elements)._v, even, Load(source + 16, elements - 16)._v));
    }

    [MethodImpl(Inline)]
    public static void LoadPairs(float* source, out Vector512Lanes even, out Vector512Lanes odd)
    {
        Vector512<float> low = Vector512.Load(source), high = Vector512.Load(source + 16);
        even = new(Avx512F.PermuteVar16x32x2(low, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), high));
        odd = new(Avx512F.PermuteVar16x32x2(low, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31), high));
    }

    [MethodImpl(Inline)]
    public static void StorePairs(Vector512Lanes even, Vector512Lanes odd, float* destination)
    {
        Avx512F.PermuteVar16x32x2(even._v, Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23), odd._v).Store(destination);
        Avx512F.PermuteVar16x32x2(even._v, Vector512.Create(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31), odd._v).Store(destination + 16);
    }

    [MethodImpl(Inline)]
    public void Store(float* destination) => _v.Store(destination);

    [MethodImpl(Inline)]
    public void Store(float* destination, nint count) =>
        Avx512F.MaskStore(destination, Vector512.LessThan(Indices, Vector512.Create((int)count)).AsSingle(), _v);

    [MethodImpl(Inline)]
    public static Vector512Lanes Permute(Vector512Lanes a, Vector512Lanes lanes) => new(Avx512F.PermuteVar16x32(a._v, lanes._v.AsInt32()));

    [MethodImpl(Inline)]
    public static Vector512Lanes operator +(Vector512Lanes a, Vector512Lanes b) => new(a._v + b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator -(Vector512Lanes a, Vector512Lanes b) => new(a._v - b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator *(Vector512Lanes a, Vector512Lanes b) => new(a._v * b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator /(Vector512Lanes a, Vector512Lanes b) => new(a._v / b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator &(Vector512Lanes a, Vector512Lanes b) => new(a._v & b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator |(Vector512Lanes a, Vector512Lanes b) => new(a._v | b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes operator ^(Vector512Lanes a, Vector512Lanes b) => new(a._v ^ b._v);

    [MethodImpl(Inline)]
    public static Vector512Lanes Fma(Vector512Lanes a, Vector512Lanes b, Vector512Lanes c) => new(Vector512.FusedMultiplyAdd(a._v, b._v, c._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes Sqrt(Vector512Lanes a) => new(Vector512.Sqrt(a._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes Less(Vector512Lanes a, Vector512Lanes b) => new(Vector512.LessThan(a._v, b._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes LessOrEqual(Vector512Lanes a, Vector512Lanes b) => new(Vector512.LessThanOrEqual(a._v, b._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes Equal(Vector512Lanes a, Vector512Lanes b) => new(Vector512.Equals(a._v, b._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes Select(Vector512Lanes mask, Vector512Lanes a, Vector512Lanes b) => new(Vector512.ConditionalSelect(mask._v, a._v, b._v));

    [MethodImpl(Inline)]
    public static Vector512Lanes AddBits(Vector512Lanes a, Vector512Lanes b) => new((a._v.AsInt32() + b._v.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes SubtractBits(Vector512Lanes a, Vector512Lanes b) => new((a._v.AsInt32() - b._v.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes ShiftLeft(Vector512Lanes a, int count) => new(Vector512.ShiftLeft(a._v.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes ShiftRight(Vector512Lanes a, int count) => new(Vector512.ShiftRightArithmetic(a._v.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes MultiplyBytes(Vector512Lanes u, Vector512Lanes s) => new(Avx512BW.MultiplyAddAdjacent(u._v.AsByte(), s._v.AsSByte()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes MultiplyWords(Vector512Lanes a, Vector512Lanes b) => new(Avx512BW.MultiplyAddAdjacent(a._v.AsInt16(), b._v.AsInt16()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes AddWords(Vector512Lanes a, Vector512Lanes b) => new((a._v.AsInt16() + b._v.AsInt16()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes WidenBytes(sbyte* source) => new(Avx512BW.ConvertToVector512Int16(Vector256.Load(source)).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes LoadBytes(byte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes LoadBytes(sbyte* source) => new(Avx512F.ConvertToVector512Int32(Vector128.Load(source)).AsSingle());

    [MethodImpl(Inline)]
    public static Vector512Lanes LoadWords(short* source) => new(Avx512F.ConvertToVector512Int32(Vector256.Load(source)).AsSingle());

    [MethodImpl(Inline)]
    public void StoreBytes(sbyte* destination) => Avx512F.ConvertToVector128SByte(_v.AsInt32()).Store(destination);

    [MethodImpl(Inline)]
    public static Vector512Lanes ToFloat(Vector512Lanes a) => new(Vector512.ConvertToSingle(a._v.AsInt32()));

    [MethodImpl(Inline)]
    public static double Sum(Vector512Lanes a)
    {
        (Vector512<double> low, Vector512<double> high) = Vector512.Widen(a._v);
        Vector512<double> s = low + high;
        return Vector256Lanes.Sum4(s.GetLower() + s.GetUpper());
    }

    private static Vector512<int> Indices
    {
        [MethodImpl(Inline)]
        get => Vector512.Create(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    }
}
