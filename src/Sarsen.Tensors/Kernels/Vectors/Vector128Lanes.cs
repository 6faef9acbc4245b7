using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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

    public static double Sum(Vector128Lanes a)
    {
        float* lanes = stackalloc float[16];
        a.Store(lanes);
        return ScalarLanes.Sum(lanes);
    }
}
