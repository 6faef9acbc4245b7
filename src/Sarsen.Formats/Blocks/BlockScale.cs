using System.Runtime.CompilerServices;

namespace Sarsen.Formats.Blocks;

/// <summary>The F16 factors in blocks, and the roundings to levels that quantisers share.</summary>
internal static unsafe class BlockScale
{
    public static float Read(ReadOnlySpan<byte> at) => (float)BitConverter.ToHalf(at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Read(byte* at) => (float)Unsafe.ReadUnaligned<Half>(at);

    public static ushort Bits(byte* at) => Unsafe.ReadUnaligned<ushort>(at);

    /// <summary>Rounded to the nearest F16, ties to even.</summary>
    public static void Write(byte* at, float scale) => Unsafe.WriteUnaligned(at, (Half)scale);

    /// <summary>1 / d, and 0 for 0: a block of zeros has levels of zero.</summary>
    public static float Inverse(float d) => d != 0 ? 1 / d : 0;

    /// <summary>The whole number nearest to x, ties to even, within the bounds; NaN is as 0.</summary>
    public static int Nearest(float x, int least, int most) => Math.Clamp((int)MathF.Round(x), least, most);

    /// <summary>The largest in size, with its sign; the first of equals.</summary>
    public static float Extreme(float* x, int count)
    {
        float size = 0, extreme = 0;
        for (int i = 0; i < count; i++)
        {
            if (MathF.Abs(x[i]) > size)
                (size, extreme) = (MathF.Abs(x[i]), x[i]);
        }
        return extreme;
    }

    /// <summary>The least and the greatest.</summary>
    public static (float Min, float Max) Range(float* x, int count)
    {
        float min = x[0], max = x[0];
        for (int i = 1; i < count; i++)
        {
            if (x[i] < min)
                min = x[i];
            if (x[i] > max)
                max = x[i];
        }
        return (min, max);
    }
}
