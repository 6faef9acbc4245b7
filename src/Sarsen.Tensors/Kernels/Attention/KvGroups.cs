using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Keys and values of a cache in eight bits: each <see cref="Elements"/> elements of a head at one position are levels q and a
/// scale d in f16, x = q · d, d = max |x| / 127, q = x / d rounded to the nearest, halves away from zero. These are the numbers
/// of GGUF's Q8_0. A tile of keys is levels (headDim, positions), then scales (headDim / 32, positions); one of values is
/// levels (positions, headDim), then scales (positions, headDim / 32).
/// </summary>
/// <remarks>A product of a level and a scale has 19 bits: all ways to compute it are exact, and none changes a bit.</remarks>
public static unsafe class KvGroups
{
    /// <summary>Elements with one scale; a head's size is a multiple of it.</summary>
    public const int Elements = 32;

    private const int Positions = KvBlocks.Positions;

    /// <summary>Levels and scales of one tile.</summary>
    internal static long TileBytes(long headDim) => Positions * (headDim + headDim / Elements * sizeof(ushort));

    /// <summary>Rounds the key and the value of one position into the tiles of their head.</summary>
    internal static void Write(byte* tile, float* k, float* v, nint position, nint dim)
    {
        nint groups = dim / Elements;
        sbyte* keys = (sbyte*)tile + position, values = (sbyte*)tile + (nint)TileBytes(dim) + position * dim;
        ushort* keyScales = (ushort*)(tile + Positions * dim) + position;
        ushort* valueScales = (ushort*)(tile + (nint)TileBytes(dim) + Positions * dim) + position * groups;
        for (nint g = 0; g < groups; g++)
        {
            keyScales[g * Positions] = Round(k + g * Elements, keys + g * Elements * Positions, Positions);
            valueScales[g] = Round(v + g * Elements, values + g * Elements, 1);
        }
    }

    /// <summary>Both tiles of a head as f32: (headDim, positions), then (positions, headDim).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Read(byte* tile, nint dim, float* to)
    {
        float* scales = stackalloc float[Positions];
        nint groups = dim / Elements;
        byte* at = tile + Positions * dim;
        for (nint g = 0; g < groups; g++)
        {
            Widening.Run(DType.F16, (ushort*)at + g * Positions, scales, Positions);
            Vector256<float> low = Vector256.Load(scales), high = Vector256.Load(scales + 8);
            for (nint i = g * Elements * Positions; i < (g + 1) * Elements * Positions; i += Positions)
                Scale(tile + i, low, high, to + i);
        }
        tile += (nint)TileBytes(dim);
        to += Positions * dim;
        at = tile + Positions * dim;
        for (nint g = 0; g < Positions * groups; g++)
        {
            Vector256<float> scale = Vector256.Create((float)BitConverter.UInt16BitsToHalf(((ushort*)at)[g]));
            Scale(tile + g * Elements, scale, scale, to + g * Elements);
            Scale(tile + g * Elements + 16, scale, scale, to + g * Elements + 16);
        }
    }

    /// <summary>One group; what is not a number makes its scale none, so that it is not lost.</summary>
    private static ushort Round(float* x, sbyte* levels, nint stride)
    {
        float most = 0;
        for (int i = 0; i < Elements; i++)
            most = MathF.Max(most, MathF.Abs(x[i]));
        float d = most / 127, inverse = d != 0 ? 1 / d : 0;
        for (int i = 0; i < Elements; i++)
            levels[i * stride] = (sbyte)Math.Clamp((int)MathF.Round(x[i] * inverse, MidpointRounding.AwayFromZero), -127, 127);
        return BitConverter.HalfToUInt16Bits((Half)d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Scale(byte* levels, Vector256<float> low, Vector256<float> high, float* to)
    {
        (Vector128<short> first, Vector128<short> second) = Vector128.Widen(Vector128.Load((sbyte*)levels));
        (Vector256<int> a, Vector256<int> b) = Vector256.Widen(Vector256.Create(first, second));
        (Vector256.ConvertToSingle(a) * low).Store(to);
        (Vector256.ConvertToSingle(b) * high).Store(to + 8);
    }
}
