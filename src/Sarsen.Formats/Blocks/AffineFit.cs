using System.Runtime.CompilerServices;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// Scale s, minimum m ≤ 0 and levels q in 0 … top such that Σ w (s q + m - x)² is small. Levels come from a row of trial
/// steps around (max - min) / top; for given levels, s and m are the weighted least squares in closed form. The best is kept.
/// Source: ggml, the search that <c>quantize_row_q4_K_ref</c> makes; sums run in its order, so that the bits are the same.
/// </summary>
internal static unsafe class AffineFit
{
    private const float TrialStep = 0.1f;

    /// <param name="x">What is stored.</param>
    /// <param name="weights">How much each element's error counts.</param>
    /// <param name="count">At most 32.</param>
    /// <param name="top">The highest level.</param>
    /// <param name="firstTrial">Added to <paramref name="top"/> in the first trial; each further one adds 0.1.</param>
    /// <param name="trials">How many.</param>
    /// <param name="levels">The best levels.</param>
    /// <param name="offset">-m, zero or more.</param>
    /// <returns>s.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Run(float* x, float* weights, int count, int top, float firstTrial, int trials, byte* levels, out float offset)
    {
        (float min, float max) = BlockScale.Range(x, count);
        float sumW = weights[0], sumX = sumW * x[0];
        for (int i = 1; i < count; i++)
        {
            sumW += weights[i];
            sumX += weights[i] * x[i];
        }
        min = min > 0 ? 0 : min;
        offset = -min;
        if (max == min)
        {
            Unsafe.InitBlockUnaligned(levels, 0, (uint)count);
            return 0;
        }
        float step = top / (max - min), scale = 1 / step;
        Levels(x, count, step, min, top, levels);
        float least = Error(x, weights, levels, count, scale, min);
        byte* tried = stackalloc byte[count];
        for (int trial = 0; trial < trials; trial++)
        {
            // From the best minimum so far, so that the trials depend on each other.
            Levels(x, count, (firstTrial + TrialStep * trial + top) / (max - min), min, top, tried);
            if (!Solve(x, weights, tried, count, sumW, sumX, out float s, out float m))
                continue;
            float error = Error(x, weights, tried, count, s, m);
            if (error < least)
            {
                Unsafe.CopyBlockUnaligned(levels, tried, (uint)count);
                (least, scale, min) = (error, s, m);
            }
        }
        offset = -min;
        return scale;
    }

    private static void Levels(float* x, int count, float step, float min, int top, byte* levels)
    {
        for (int i = 0; i < count; i++)
            levels[i] = (byte)BlockScale.Nearest(step * (x[i] - min), 0, top);
    }

    // The normal equations of s and m; a minimum above zero is not stored, so then m = 0 and s is fitted alone.
    private static bool Solve(float* x, float* weights, byte* levels, int count, float sumW, float sumX, out float s, out float m)
    {
        float sumQ = 0, sumQ2 = 0, sumXQ = 0;
        for (int i = 0; i < count; i++)
        {
            float wq = weights[i] * levels[i];
            sumQ += wq;
            sumQ2 += wq * levels[i];
            sumXQ += wq * x[i];
        }
        float determinant = sumW * sumQ2 - sumQ * sumQ;
        s = (sumW * sumXQ - sumX * sumQ) / determinant;
        m = (sumQ2 * sumX - sumQ * sumXQ) / determinant;
        if (m > 0)
            (s, m) = (sumXQ / sumQ2, 0);
        return determinant > 0;
    }

    private static float Error(float* x, float* weights, byte* levels, int count, float s, float m)
    {
        float error = 0;
        for (int i = 0; i < count; i++)
        {
            float off = s * levels[i] + m - x[i];
            error += weights[i] * (off * off);
        }
        return error;
    }
}
