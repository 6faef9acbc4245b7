using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Copies a strip of an operand into the order in which a micro-kernel reads it: <c>panel[k · stride + i]</c>.
/// Which of the two routines serves follows from the side that is contiguous in memory.
/// </summary>
internal static unsafe class Packing
{
    /// <summary>Elements behind the last panel that a transpose may overwrite.</summary>
    public const int Spill = 16;

    /// <summary>panel[k · stride + i] = source[k · ld + i] for i below count; zeros up to stride.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Copy(float* source, nint ld, nint count, nint kCount, float* panel, nint stride)
    {
        if (count == 32 && Vector512.IsHardwareAccelerated)
        {
            for (nint k = 0; k < kCount; k++, source += ld, panel += stride)
            {
                Vector512.Load(source).Store(panel);
                Vector512.Load(source + 16).Store(panel + 16);
            }
            return;
        }
        for (nint k = 0; k < kCount; k++, source += ld, panel += stride)
        {
            nint i = 0;
            if (count >= 4 && Vector128.IsHardwareAccelerated)
            {
                for (; i <= count - 4; i += 4)
                    Vector128.Load(source + i).Store(panel + i);
                // The last four once more, overlapping, in place of a loop over the rest.
                Vector128.Load(source + count - 4).Store(panel + count - 4);
                i = count;
            }
            for (; i < count; i++)
                panel[i] = source[i];
            for (; i < stride; i++)
                panel[i] = 0;
        }
    }

    /// <summary>
    /// panel[k · stride + i] = source[i · ld + k] for i below count. What lies between count and stride is not
    /// meaningful, and up to <see cref="Spill"/> elements behind the panel are overwritten.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint ld, nint count, nint kCount, float* panel, nint stride, int lanes)
    {
        nint strip = StripOf(lanes);
        nint blocks = lanes >= 8 ? kCount / strip : 0;
        nint done = blocks > 0 ? kCount : 0;
        if (blocks > 0)
        {
            for (nint i = 0; i < count; i += strip)
            {
                nint rows = nint.Min(strip, count - i);
                Strip(source + (i * ld), ld, rows, blocks, panel + i, stride, strip);
                // The rest once more with what is before it. Ascending: each row overwrites what the one before left beyond its end.
                if (blocks * strip < kCount)
                    Strip(source + (i * ld) + kCount - strip, ld, rows, 1, panel + ((kCount - strip) * stride) + i, stride, strip);
            }
        }
        for (nint k = done; k < kCount; k++)
        {
            for (nint i = 0; i < count; i++)
                panel[(k * stride) + i] = source[(i * ld) + k];
            for (nint i = count; i < stride; i++)
                panel[(k * stride) + i] = 0;
        }
    }

    /// <summary>Rows and columns of the blocks that are transposed in registers of that many lanes, from 8 up.</summary>
    public static nint StripOf(int lanes) => lanes >= 16 ? 16 : 8;

    /// <summary>Blocks side by side, of <paramref name="rows"/> rows: see <see cref="Transpose512.Strip"/>.</summary>
    public static void Strip(float* source, nint ld, nint rows, nint blocks, float* panel, nint stride, nint strip)
    {
        if (strip == 16)
            Transpose512.Strip(source, ld, rows, blocks, panel, stride);
        else
            Transpose256.Strip(source, ld, rows, blocks, panel, stride);
    }
}
