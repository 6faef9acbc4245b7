using System.Numerics;

namespace Sarsen.Tensors.Kernels;

/// <summary>Copies and sums of row-major blocks.</summary>
internal static unsafe class Blocks
{
    /// <summary>target[r, c] = source[r, c].</summary>
    public static void Copy(float* source, nint sourceStride, float* target, nint targetStride, nint rows, nint columns)
    {
        for (nint r = 0; r < rows; r++, source += sourceStride, target += targetStride)
        {
            nint c = 0;
            for (; c <= columns - Vector<float>.Count; c += Vector<float>.Count)
                Vector.Load(source + c).Store(target + c);
            for (; c < columns; c++)
                target[c] = source[c];
        }
    }

    /// <summary>target[c] += source[c].</summary>
    public static void Add(float* source, float* target, nint count)
    {
        nint c = 0;
        for (; c <= count - Vector<float>.Count; c += Vector<float>.Count)
            (Vector.Load(target + c) + Vector.Load(source + c)).Store(target + c);
        for (; c < count; c++)
            target[c] += source[c];
    }
}
