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
    public static void Transpose(float* source, nint ld, nint count, nint kCount, float* panel, nint stride, int lanes)
    {
        nint strip = lanes >= 16 ? 16 : 8;
        nint blocks = lanes >= 8 ? kCount / strip : 0;
        nint done = blocks * strip;
        if (blocks > 0)
        {
            for (nint i = 0; i < count; i += strip)
            {
                nint rows = nint.Min(strip, count - i);
                if (strip == 16)
                    Transpose512.Strip(source + (i * ld), ld, rows, blocks, panel + i, stride);
                else
                    Transpose256.Strip(source + (i * ld), ld, rows, blocks, panel + i, stride);
            }
        }
        // Ascending and last: it overwrites what the strips left beyond their rows.
        for (nint k = done; k < kCount; k++)
        {
            for (nint i = 0; i < count; i++)
                panel[(k * stride) + i] = source[(i * ld) + k];
            for (nint i = count; i < stride; i++)
                panel[(k * stride) + i] = 0;
        }
    }
}
