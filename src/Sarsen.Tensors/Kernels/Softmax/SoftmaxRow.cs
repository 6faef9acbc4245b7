using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>The parts of a stable softmax over one contiguous row: its maximum m, and Σ e^(x - m).</summary>
internal static unsafe class SoftmaxRow
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    // As in Reduce: the lanes of a stretch, then f64.
    private const int Stretch = 4096;

    [MethodImpl(Inline)]
    public static float Max<V>(float* x, nint n) where V : struct, IVector<V> =>
        (float)Reduce.Row(default(MaximumOf), x, n, V.Create(0));

    /// <summary>Σ e^(x - m); the terms are stored to <paramref name="terms"/> unless it is null.</summary>
    [MethodImpl(Inline)]
    public static double ExpSum<V>(float* x, nint n, float max, float* terms) where V : struct, IVector<V>
    {
        V m = V.Create(max);
        double total = 0;
        for (nint begin = 0; begin < n; begin += Stretch)
        {
            nint end = Math.Min(n, begin + Stretch), i = begin;
            V sum = V.Create(0);
            for (; i <= end - 16; i += 16)
            {
                V e = Exp.Of(V.Load(x + i) - m);
                if (terms != null)
                    e.Store(terms + i);
                sum += e;
            }
            if (i < end)
            {
                V e = Exp.Of(V.Load(x + i, end - i) - m);
                if (terms != null)
                    e.Store(terms + i, end - i);
                sum += e & Lanes.First<V>(end - i);
            }
            total += V.Sum(sum);
        }
        return total;
    }

    /// <summary>ln Σ e^(x - m), which is at least 0 unless it is NaN.</summary>
    [MethodImpl(Inline)]
    public static float LogExpSum<V>(float* x, nint n, float max) where V : struct, IVector<V>
    {
        double sum = ExpSum<V>(x, n, max, null);
        return sum >= 1 ? (float)Wide.Log(sum) : float.NaN;
    }

    /// <summary>Σ a b.</summary>
    [MethodImpl(Inline)]
    public static double Dot<V>(float* a, float* b, nint n) where V : struct, IVector<V>
    {
        double total = 0;
        for (nint begin = 0; begin < n; begin += Stretch)
        {
            nint end = Math.Min(n, begin + Stretch), i = begin;
            V sum = V.Create(0);
            for (; i <= end - 16; i += 16)
                sum = V.Fma(V.Load(a + i), V.Load(b + i), sum);
            if (i < end)
                sum = V.Fma(V.Load(a + i, end - i), V.Load(b + i, end - i), sum);
            total += V.Sum(sum);
        }
        return total;
    }
}
