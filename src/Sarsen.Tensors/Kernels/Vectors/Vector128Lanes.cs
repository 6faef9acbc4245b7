using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>Sixteen lanes in four 128-bit registers. Without FMA instructions the products are fused by the C library: slower, the same bits.</summary>
public readonly unsafe struct Vector128Lanes(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : IVector<Vector128Lanes>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector128<float> _a = a, _b = b, _c = c, _d = d;

    public static bool IsSupported => Vector128.IsHardwareAccelerated;

    [MethodImpl(Inline)]
    public static Vector128Lanes Create(float value)
    {
        Vector128<float> v = Vector128.Create(value);
        return new(v, v, v, v);
    }

    [MethodImpl(Inline)]
    public static Vector128Lanes FromBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    [MethodImpl(Inline)]
    public static Vector128Lanes Load(float* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    public static Vector128Lanes Load(float* source, nint count)
    {
        float* lanes = stackalloc float[16];
        for (nint i = 0; i < 16; i++)
            lanes[i] = i < count ? source[i] : 0;
        return Load(lanes);
    }

    public static Vector128Lanes LoadEven(float* source) => LoadEven(source, 16);

    public static Vector128Lanes LoadEven(float* source, nint count)
    {
        float* lanes = stackalloc float[16];
        for (nint i = 0; i < 16; i++)
            lanes[i] = i < count ? source[2 * i] : 0;
        return Load(lanes);
    }

    public static void LoadPairs(float* source, out Vector128Lanes even, out Vector128Lanes odd)
    {
        even = LoadEven(source);
        odd = LoadEven(source + 1);
    }

    public static void StorePairs(Vector128Lanes even, Vector128Lanes odd, float* destination)
    {
        float* lanes = stackalloc float[32];
        even.Store(lanes);
        odd.Store(lanes + 16);
        for (nint i = 0; i < 16; i++)
            (destination[2 * i], destination[(2 * i) + 1]) = (lanes[i], lanes[16 + i]);
    }

    [MethodImpl(Inline)]
    public void Store(float* destination)
    {
        _a.Store(destination);
        _b.Store(destination + 4);
        _c.Store(destination + 8);
        _d.Store(destination + 12);
    }

    public void Store(float* destination, nint count)
    {
        float* lanes = stackalloc float[16];
        Store(lanes);
        for (nint i = 0; i < count; i++)
            destination[i] = lanes[i];
    }

    public static Vector128Lanes Permute(Vector128Lanes a, Vector128Lanes lanes)
    {
        float* from = stackalloc float[16], picked = stackalloc float[16];
        int* at = stackalloc int[16];
        a.Store(from);
        lanes.Store((float*)at);
        for (nint i = 0; i < 16; i++)
            picked[i] = from[at[i]];
        return Load(picked);
    }

    [MethodImpl(Inline)]
    public static Vector128Lanes operator +(Vector128Lanes a, Vector128Lanes b) => new(a._a + b._a, a._b + b._b, a._c + b._c, a._d + b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator -(Vector128Lanes a, Vector128Lanes b) => new(a._a - b._a, a._b - b._b, a._c - b._c, a._d - b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator *(Vector128Lanes a, Vector128Lanes b) => new(a._a * b._a, a._b * b._b, a._c * b._c, a._d * b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator /(Vector128Lanes a, Vector128Lanes b) => new(a._a / b._a, a._b / b._b, a._c / b._c, a._d / b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator &(Vector128Lanes a, Vector128Lanes b) => new(a._a & b._a, a._b & b._b, a._c & b._c, a._d & b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator |(Vector128Lanes a, Vector128Lanes b) => new(a._a | b._a, a._b | b._b, a._c | b._c, a._d | b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes operator ^(Vector128Lanes a, Vector128Lanes b) => new(a._a ^ b._a, a._b ^ b._b, a._c ^ b._c, a._d ^ b._d);

    [MethodImpl(Inline)]
    public static Vector128Lanes Fma(Vector128Lanes a, Vector128Lanes b, Vector128Lanes c) => new(Vector128.FusedMultiplyAdd(a._a, b._a, c._a), Vector128.FusedMultiplyAdd(a._b, b._b, c._b), Vector128.FusedMultiplyAdd(a._c, b._c, c._c), Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes Sqrt(Vector128Lanes a) => new(Vector128.Sqrt(a._a), Vector128.Sqrt(a._b), Vector128.Sqrt(a._c), Vector128.Sqrt(a._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes Less(Vector128Lanes a, Vector128Lanes b) => new(Vector128.LessThan(a._a, b._a), Vector128.LessThan(a._b, b._b), Vector128.LessThan(a._c, b._c), Vector128.LessThan(a._d, b._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes LessOrEqual(Vector128Lanes a, Vector128Lanes b) => new(Vector128.LessThanOrEqual(a._a, b._a), Vector128.LessThanOrEqual(a._b, b._b), Vector128.LessThanOrEqual(a._c, b._c), Vector128.LessThanOrEqual(a._d, b._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes Equal(Vector128Lanes a, Vector128Lanes b) => new(Vector128.Equals(a._a, b._a), Vector128.Equals(a._b, b._b), Vector128.Equals(a._c, b._c), Vector128.Equals(a._d, b._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes Select(Vector128Lanes mask, Vector128Lanes a, Vector128Lanes b) => new(Vector128.ConditionalSelect(mask._a, a._a, b._a), Vector128.ConditionalSelect(mask._b, a._b, b._b), Vector128.ConditionalSelect(mask._c, a._c, b._c), Vector128.ConditionalSelect(mask._d, a._d, b._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes AddBits(Vector128Lanes a, Vector128Lanes b) => new((a._a.AsInt32() + b._a.AsInt32()).AsSingle(), (a._b.AsInt32() + b._b.AsInt32()).AsSingle(), (a._c.AsInt32() + b._c.AsInt32()).AsSingle(), (a._d.AsInt32() + b._d.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector128Lanes SubtractBits(Vector128Lanes a, Vector128Lanes b) => new((a._a.AsInt32() - b._a.AsInt32()).AsSingle(), (a._b.AsInt32() - b._b.AsInt32()).AsSingle(), (a._c.AsInt32() - b._c.AsInt32()).AsSingle(), (a._d.AsInt32() - b._d.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector128Lanes ShiftLeft(Vector128Lanes a, int count) => new(Vector128.ShiftLeft(a._a.AsInt32(), count).AsSingle(), Vector128.ShiftLeft(a._b.AsInt32(), count).AsSingle(), Vector128.ShiftLeft(a._c.AsInt32(), count).AsSingle(), Vector128.ShiftLeft(a._d.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector128Lanes ShiftRight(Vector128Lanes a, int count) => new(Vector128.ShiftRightArithmetic(a._a.AsInt32(), count).AsSingle(), Vector128.ShiftRightArithmetic(a._b.AsInt32(), count).AsSingle(), Vector128.ShiftRightArithmetic(a._c.AsInt32(), count).AsSingle(), Vector128.ShiftRightArithmetic(a._d.AsInt32(), count).AsSingle());

    [MethodImpl(Inline)]
    public static Vector128Lanes MultiplyBytes(Vector128Lanes u, Vector128Lanes s) => new(Bytes(u._a, s._a), Bytes(u._b, s._b), Bytes(u._c, s._c), Bytes(u._d, s._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes MultiplyWords(Vector128Lanes a, Vector128Lanes b) => new(Words(a._a, b._a), Words(a._b, b._b), Words(a._c, b._c), Words(a._d, b._d));

    [MethodImpl(Inline)]
    public static Vector128Lanes AddWords(Vector128Lanes a, Vector128Lanes b) => new(
        (a._a.AsInt16() + b._a.AsInt16()).AsSingle(), (a._b.AsInt16() + b._b.AsInt16()).AsSingle(),
        (a._c.AsInt16() + b._c.AsInt16()).AsSingle(), (a._d.AsInt16() + b._d.AsInt16()).AsSingle());

    [MethodImpl(Inline)]
    public static Vector128Lanes WidenBytes(sbyte* source)
    {
        Vector128<sbyte> low = Vector128.Load(source), high = Vector128.Load(source + 16);
        return new(Vector128.WidenLower(low).AsSingle(), Vector128.WidenUpper(low).AsSingle(), Vector128.WidenLower(high).AsSingle(), Vector128.WidenUpper(high).AsSingle());
    }

    [MethodImpl(Inline)]
    public static Vector128Lanes LoadBytes(byte* source)
    {
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(Vector128.Load(source));
        return new(Vector128.WidenLower(low).AsSingle(), Vector128.WidenUpper(low).AsSingle(), Vector128.WidenLower(high).AsSingle(), Vector128.WidenUpper(high).AsSingle());
    }

    [MethodImpl(Inline)]
    public static Vector128Lanes LoadBytes(sbyte* source)
    {
        (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load(source));
        return Widened(low, high);
    }

    [MethodImpl(Inline)]
    public static Vector128Lanes LoadWords(short* source) => Widened(Vector128.Load(source), Vector128.Load(source + 8));

    [MethodImpl(Inline)]
    public void StoreBytes(sbyte* destination) =>
        Vector128.Narrow(Vector128.Narrow(_a.AsInt32(), _b.AsInt32()), Vector128.Narrow(_c.AsInt32(), _d.AsInt32())).Store(destination);

    [MethodImpl(Inline)]
    public static Vector128Lanes ToFloat(Vector128Lanes a) => new(
        Vector128.ConvertToSingle(a._a.AsInt32()), Vector128.ConvertToSingle(a._b.AsInt32()),
        Vector128.ConvertToSingle(a._c.AsInt32()), Vector128.ConvertToSingle(a._d.AsInt32()));

    [MethodImpl(Inline)]
    private static Vector128Lanes Widened(Vector128<short> low, Vector128<short> high) =>
        new(Vector128.WidenLower(low).AsSingle(), Vector128.WidenUpper(low).AsSingle(), Vector128.WidenLower(high).AsSingle(), Vector128.WidenUpper(high).AsSingle());

    [MethodImpl(Inline)]
    private static Vector128<float> Bytes(Vector128<float> u, Vector128<float> s)
    {
        if (Ssse3.IsSupported)
            return Ssse3.MultiplyAddAdjacent(u.AsByte(), s.AsSByte()).AsSingle();
        Vector128<short> low = Vector128.WidenLower(u.AsByte()).AsInt16() * Vector128.WidenLower(s.AsSByte());
        Vector128<short> high = Vector128.WidenUpper(u.AsByte()).AsInt16() * Vector128.WidenUpper(s.AsSByte());
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.AddPairwise(low, high).AsSingle();
        // Neighbours: the sum of each i32's two halves, in its lower half.
        return Vector128.Narrow(Pairs(low), Pairs(high)).AsSingle();
    }

    [MethodImpl(Inline)]
    private static Vector128<float> Words(Vector128<float> a, Vector128<float> b)
    {
        if (Sse2.IsSupported)
            return Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16()).AsSingle();
        Vector128<int> low = Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16());
        Vector128<int> high = Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16());
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.AddPairwise(low, high).AsSingle();
        return Vector128.Create(low[0] + low[1], low[2] + low[3], high[0] + high[1], high[2] + high[3]).AsSingle();
    }

    [MethodImpl(Inline)]
    private static Vector128<int> Pairs(Vector128<short> products)
    {
        Vector128<int> both = products.AsInt32();
        return Vector128.ShiftRightArithmetic(both, 16) + Vector128.ShiftRightArithmetic(Vector128.ShiftLeft(both, 16), 16);
    }

    public static double Sum(Vector128Lanes a)
    {
        float* lanes = stackalloc float[16];
        a.Store(lanes);
        return ScalarLanes.Sum(lanes);
    }
}
