using System.Runtime.CompilerServices;

namespace Sarsen.Formats.Blocks;

/// <summary>
/// Scale s and levels q in -half … half - 1 such that Σ w (s q - x)² is small, with w = x². Levels come from nineteen trial
/// steps around -half / x of the largest size; for given levels s = Σ w x q / Σ w q². The best is kept.
/// Source: ggml, the search that <c>quantize_row_q6_K_ref</c> makes; sums run in its order, so that the bits are the same.
/// </summary>
internal static unsafe class SymmetricFit
{
    /// <summary>Groups smaller than this, and blocks whose scales are, are stored as zeros.</summary>
    public const float Smallest = 1e-15f;

    private const int Trials = 9;
    private const float TrialStep = 0.1f;

    /// <param name="x">What is stored.</param>
    /// <param name="count">How many.</param>
    /// <param name="half">Half the number of levels.</param>
    /// <param name="levels">q + half; 0 for a group of zeros.</param>
    /// <returns>s; 0 for a group of zeros.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Run(float* x, int count, int half, byte* levels)
    {
        float extreme = BlockScale.Extreme(x, count);
        if (MathF.Abs(extreme) < Smallest)
        {
            Unsafe.InitBlockUnaligned(levels, 0, (uint)count);
            return 0;
        }
        float step = -half / extreme;
        Levels(x, count, half, step, levels);
        (float xq, float qq) = Sums(x, count, half, step);
        float scale = qq != 0 ? xq / qq : 0, best = scale * xq;
        for (int trial = -Trials; trial <= Trials; trial++)
        {
            if (trial == 0)
                continue;
            step = -(half + TrialStep * trial) / extreme;
            (xq, qq) = Sums(x, count, half, step);
            if (qq > 0 && xq * xq > best * qq)
            {
                Levels(x, count, half, step, levels);
                scale = xq / qq;
                best = scale * xq;
            }
        }
        return scale;
    }

    private static void Levels(float* x, int count, int half, float step, byte* levels)
    {
        for (int i = 0; i < count; i++)
            levels[i] = (byte)(BlockScale.Nearest(step * x[i], -half, half - 1) + half);
    }

    private static (float XQ, float QQ) Sums(float* x, int count, int half, float step)
    {
        float xq = 0, qq = 0;
        for (int i = 0; i < count; i++)
        {
            float w = x[i] * x[i], q = BlockScale.Nearest(step * x[i], -half, half - 1);
            xq += w * x[i] * q;
            qq += w * q * q;
        }
        return (xq, qq);
    }
}
