using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Sixteen lanes as sixteen floats, one after the other: the reference of the vectors, and the way of machines without any.</summary>
public unsafe struct ScalarLanes : IVector<ScalarLanes>
{
    private fixed float _lanes[16];

    public static bool IsSupported => true;

    public static ScalarLanes Create(float value)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            r._lanes[i] = value;
        return r;
    }

    public static ScalarLanes FromBits(int bits) => Create(BitConverter.Int32BitsToSingle(bits));

    public static ScalarLanes Load(float* source) => Load(source, 16);

    public static ScalarLanes Load(float* source, nint count)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            r._lanes[i] = i < count ? source[i] : 0;
        return r;
    }

    public static ScalarLanes LoadEven(float* source) => LoadEven(source, 16);

    public static ScalarLanes LoadEven(float* source, nint count)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            r._lanes[i] = i < count ? source[2 * i] : 0;
        return r;
    }

    public static void LoadPairs(float* source, out ScalarLanes even, out ScalarLanes odd)
    {
        even = LoadEven(source);
        odd = LoadEven(source + 1);
    }

    public static void StorePairs(ScalarLanes even, ScalarLanes odd, float* destination)
    {
        float* lanes = stackalloc float[32];
        even.Store(lanes);
        odd.Store(lanes + 16);
        for (nint i = 0; i < 16; i++)
            (destination[2 * i], destination[(2 * i) + 1]) = (lanes[i], lanes[16 + i]);
    }

    public void Store(float* destination) => Store(destination, 16);

    public void Store(float* destination, nint count)
    {
        for (int i = 0; i < count; i++)
            destination[i] = _lanes[i];
    }

    public static ScalarLanes Permute(ScalarLanes a, ScalarLanes lanes)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            r._lanes[i] = a._lanes[Bits(&lanes)[i]];
        return r;
    }

    public static ScalarLanes operator +(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] += b._lanes[i];
        return a;
    }

    public static ScalarLanes operator -(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] -= b._lanes[i];
        return a;
    }

    public static ScalarLanes operator *(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] *= b._lanes[i];
        return a;
    }

    public static ScalarLanes operator /(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] /= b._lanes[i];
        return a;
    }

    public static ScalarLanes operator &(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] &= Bits(&b)[i];
        return a;
    }

    public static ScalarLanes operator |(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] |= Bits(&b)[i];
        return a;
    }

    public static ScalarLanes operator ^(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] ^= Bits(&b)[i];
        return a;
    }

    public static ScalarLanes Fma(ScalarLanes a, ScalarLanes b, ScalarLanes c)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] = MathF.FusedMultiplyAdd(a._lanes[i], b._lanes[i], c._lanes[i]);
        return a;
    }

    public static ScalarLanes Sqrt(ScalarLanes a)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] = MathF.Sqrt(a._lanes[i]);
        return a;
    }

    public static ScalarLanes Less(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] = a._lanes[i] < b._lanes[i] ? -1 : 0;
        return a;
    }

    public static ScalarLanes LessOrEqual(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] = a._lanes[i] <= b._lanes[i] ? -1 : 0;
        return a;
    }

    public static ScalarLanes Equal(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] = a._lanes[i] == b._lanes[i] ? -1 : 0;
        return a;
    }

    public static ScalarLanes Select(ScalarLanes mask, ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] = Bits(&a)[i] & Bits(&mask)[i] | Bits(&b)[i] & ~Bits(&mask)[i];
        return a;
    }

    public static ScalarLanes AddBits(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] += Bits(&b)[i];
        return a;
    }

    public static ScalarLanes SubtractBits(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] -= Bits(&b)[i];
        return a;
    }

    public static ScalarLanes ShiftLeft(ScalarLanes a, int count)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] <<= count;
        return a;
    }

    public static ScalarLanes ShiftRight(ScalarLanes a, int count)
    {
        for (int i = 0; i < 16; i++)
            Bits(&a)[i] >>= count;
        return a;
    }

    public static ScalarLanes MultiplyBytes(ScalarLanes u, ScalarLanes s)
    {
        ScalarLanes r;
        for (int i = 0; i < 32; i++)
        {
            byte* left = (byte*)u._lanes + 2 * i;
            sbyte* right = (sbyte*)s._lanes + 2 * i;
            ((short*)r._lanes)[i] = (short)(left[0] * right[0] + left[1] * right[1]);
        }
        return r;
    }

    public static ScalarLanes MultiplyWords(ScalarLanes a, ScalarLanes b)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
        {
            short* left = (short*)a._lanes + 2 * i, right = (short*)b._lanes + 2 * i;
            Bits(&r)[i] = left[0] * right[0] + left[1] * right[1];
        }
        return r;
    }

    public static ScalarLanes AddWords(ScalarLanes a, ScalarLanes b)
    {
        for (int i = 0; i < 32; i++)
            ((short*)a._lanes)[i] += ((short*)b._lanes)[i];
        return a;
    }

    public static ScalarLanes WidenBytes(sbyte* source)
    {
        ScalarLanes r;
        for (int i = 0; i < 32; i++)
            ((short*)r._lanes)[i] = source[i];
        return r;
    }

    public static ScalarLanes LoadBytes(byte* source)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            Bits(&r)[i] = source[i];
        return r;
    }

    public static ScalarLanes LoadBytes(sbyte* source)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            Bits(&r)[i] = source[i];
        return r;
    }

    public static ScalarLanes LoadWords(short* source)
    {
        ScalarLanes r;
        for (int i = 0; i < 16; i++)
            Bits(&r)[i] = source[i];
        return r;
    }

    public void StoreBytes(sbyte* destination)
    {
        ScalarLanes own = this;
        for (int i = 0; i < 16; i++)
            destination[i] = (sbyte)Bits(&own)[i];
    }

    public static ScalarLanes ToFloat(ScalarLanes a)
    {
        for (int i = 0; i < 16; i++)
            a._lanes[i] = Bits(&a)[i];
        return a;
    }

    public static double Sum(ScalarLanes a) => Sum(a._lanes);

    internal static double Sum(float* a)
    {
        double* s = stackalloc double[8];
        for (int i = 0; i < 8; i++)
            s[i] = (double)a[i] + a[i + 8];
        for (int half = 4; half > 0; half /= 2)
        {
            for (int i = 0; i < half; i++)
                s[i] += s[i + half];
        }
        return s[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int* Bits(ScalarLanes* a) => (int*)a->_lanes;
}
