using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Sixteen planes of pictures side by side: a pixel of all of them is one vector, so what goes from pixel to pixel in a fixed
/// order, which lanes within a plane could not share, is done for sixteen planes at once.
/// </summary>
internal static unsafe class PlaneGroup
{
    /// <summary>Planes of a group; the last one of a picture may have fewer.</summary>
    public const int Planes = 16;

    /// <summary>pixels[16 c + p] = planes[p · apart + c] for p below count; the lanes behind them hold anything finite or not.</summary>
    public static void Gather<V>(float* planes, nint apart, nint count, nint columns, float* pixels) where V : struct, IVector<V> =>
        Packing.Transpose(planes, apart, count, columns, pixels, Planes, Width<V>());

    /// <summary>planes[p · apart + c] = pixels[16 c + p] for p below count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter<V>(float* pixels, nint columns, float* planes, nint apart, nint count) where V : struct, IVector<V>
    {
        if (Width<V>() < 8)
        {
            for (nint p = 0; p < count; p++)
            {
                for (nint c = 0; c < columns; c++)
                    planes[(p * apart) + c] = pixels[(Planes * c) + p];
            }
            return;
        }
        nint strip = Packing.StripOf(Width<V>());
        if (count == Planes && columns >= strip)
        {
            // The last strip begins earlier instead of having less.
            for (nint c = 0; c < columns; c += strip)
            {
                nint at = nint.Min(c, columns - strip);
                Packing.Strip(pixels + (Planes * at), Planes, strip, Planes / strip, planes + at, apart, strip);
            }
            return;
        }
        float* block = stackalloc float[Planes * Planes];
        for (nint c = 0; c < columns; c += strip)
        {
            nint rows = nint.Min(strip, columns - c);
            Packing.Strip(pixels + (Planes * c), Planes, rows, Planes / strip, block, strip, strip);
            for (nint p = 0; p < count; p++)
                V.Load(block + (p * strip), rows).Store(planes + (p * apart) + c, rows);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Width<V>() where V : struct, IVector<V> =>
        typeof(V) == typeof(Vector512Lanes) ? 16 : typeof(V) == typeof(Vector256Lanes) ? 8 : 1;
}
