using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Σ x² of at most 4096 contiguous f32 elements in sixteen f64 lanes and the fixed tree. Squares of f32 are exact in f64
/// and none overflows or vanishes: the gradient's norm, where one element of 1e20 must not make it infinite.
/// </summary>
internal static unsafe class SumOfSquares
{
    public static double Of(float* x, nint n)
    {
        Vector512<double> low = Vector512<double>.Zero, high = low;
        nint i = 0;
        for (; i <= n - 16; i += 16)
        {
            low = Add(low, x + i);
            high = Add(high, x + i + 8);
        }
        if (i < n)
        {
            float* rest = stackalloc float[16];
            new Span<float>(rest, 16).Clear();
            new Span<float>(x + i, (int)(n - i)).CopyTo(new Span<float>(rest, 16));
            low = Add(low, rest);
            high = Add(high, rest + 8);
        }
        Vector512<double> eight = low + high;
        return Vector256Lanes.Sum4(eight.GetLower() + eight.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Add(Vector512<double> sum, float* x)
    {
        (Vector256<double> a, Vector256<double> b) = Vector256.Widen(Vector256.Load(x));
        Vector512<double> wide = Vector512.Create(a, b);
        return sum + wide * wide;
    }
}
