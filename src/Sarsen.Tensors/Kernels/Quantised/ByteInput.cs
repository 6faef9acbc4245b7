using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Inputs as bytes: u = clamp(round(x / step) + zero, 0, 255), so x ≈ step (u - zero), with step = (max - min) / 255 and
/// zero = round(-min / step) of each sample by itself, or of a range fixed beforehand. Zero is exact. A sample that is not
/// finite gets the step NaN, and with it its results.
/// </summary>
internal static unsafe class ByteInput
{
    /// <summary>Elements of a stretch whose range is found at once.</summary>
    private const long Stretch = 1 << 14;

    /// <summary>1.5 · 2^23: what is added to a small number leaves its nearest whole number in the lowest bits.</summary>
    private const float Rounding = 12582912f;

    private const float LeastStep = 1.17549435e-38f;

    public static long Stretches(long size) => Math.Max(1, (size + Stretch - 1) / Stretch);

    /// <summary>Bytes of scratch memory for <see cref="Steps"/>.</summary>
    public static long WorkspaceBytes(long samples, long size) => samples * Stretches(size) * 2 * sizeof(float);

    /// <summary>Step and zero of each sample of <paramref name="size"/> values.</summary>
    public static void Steps(Workers workers, float* x, long samples, long size, InputRange? range, float* steps, int* zeros, float* workspace)
    {
        if (range is { } known)
        {
            for (long i = 0; i < samples; i++)
                (steps[i], zeros[i]) = StepOf(known.Min, known.Max);
            return;
        }
        long stretches = Stretches(size);
        var job = new RangeJob { X = x, Size = size, Stretches = stretches, Ranges = workspace };
        VectorRanges.For(workers, ref job, samples * stretches, Math.Min(size, Stretch));
        for (long i = 0; i < samples; i++)
        {
            float min = 0, max = 0;
            for (long s = 0; s < stretches; s++)
            {
                float* part = workspace + (i * stretches + s) * 2;
                // MathF's return NaN where either is.
                (min, max) = (MathF.Min(min, part[0]), MathF.Max(max, part[1]));
            }
            (steps[i], zeros[i]) = StepOf(min, max);
        }
    }

    /// <summary>The range of values, zero included; NaN where one is.</summary>
    public static InputRange RangeOf(float* x, long count)
    {
        float* range = stackalloc float[2];
        var job = new RangeJob { X = x, Size = count, Stretches = 1, Ranges = range, Whole = true };
        VectorRanges.For(Workers.Serial, ref job, 1, count);
        return new InputRange(range[0], range[1]);
    }

    private static (float Step, int Zero) StepOf(float min, float max)
    {
        float step = (max - min) / 255;
        if (!float.IsFinite(step))
            return (float.NaN, 0);
        step = MathF.Max(step, LeastStep);
        return (step, Math.Clamp((int)MathF.Round(-min / step), 0, 255));
    }

    /// <summary>What a step is multiplied with to divide by it; 0 for NaN, whose bytes nobody looks at.</summary>
    public static float Inverse(float step) => float.IsNaN(step) ? 0 : 1 / step;

    /// <summary>Sixteen bytes, each in an i32 lane. <paramref name="odd"/> collects what is not finite: it stays zero where all is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Bytes<V>(V x, V inverse, int zero, ref V odd) where V : struct, IVector<V>
    {
        odd |= x - x;
        V u = Lanes.AtMost(Lanes.AtLeast(x * inverse, -zero), 255 - zero) + V.Create(Rounding);
        return V.AddBits(u, V.FromBits(zero - BitConverter.SingleToInt32Bits(Rounding))) & V.FromBits(255);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite<V>(V odd) where V : struct, IVector<V> => V.Sum(odd) == 0;

    private struct RangeJob : IVectorRange
    {
        public float* X, Ranges;
        public long Size, Stretches;
        public bool Whole;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long item = begin; item < end; item++)
            {
                long from = Whole ? 0 : item % Stretches * Stretch;
                float* x = X + item / Stretches * Size + from;
                nint count = (nint)(Whole ? Size : Math.Min(Stretch, Size - from)), i = 0;
                V min = V.Create(0), max = V.Create(0);
                for (; i <= count - 16; i += 16)
                {
                    V v = V.Load(x + i);
                    (min, max) = (Lanes.Min(min, v), Lanes.Max(max, v));
                }
                V last = V.Load(x + i, count - i);
                (min, max) = (Lanes.Min(min, last), Lanes.Max(max, last));
                Ranges[item * 2] = -Lanes.MaxOf(Lanes.Negate(min));
                Ranges[item * 2 + 1] = Lanes.MaxOf(max);
            }
        }
    }
}
