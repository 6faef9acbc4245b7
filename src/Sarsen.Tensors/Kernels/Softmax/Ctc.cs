using System.Numerics;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Connectionist temporal classification: -ln of the probability that a sequence of log-probabilities x (T, N, C) spells a
/// target, over all ways to repeat its labels and put blanks between them. The extended target is l' = blank, l₁, blank, …,
/// l_S, blank; α_t(s) sums the beginnings that end in l'_s at step t, β_t(s) the rest behind it. dx[t, c] = -Σ_{s: l'_s = c} α_t(s) β_t(s) / P.
/// All in logarithms and f64. Source: Graves et al., ICML 2006.
/// </summary>
public static unsafe class Ctc
{
    /// <summary>Elements of α of one sample.</summary>
    public static long AlphaCount(long steps, long labels) => steps * (2 * labels + 1);

    /// <summary>
    /// The loss of sample <paramref name="n"/> and its α (T, 2 S + 1), for which <paramref name="alpha"/> has
    /// <see cref="AlphaCount"/> elements; +∞ where no way exists.
    /// </summary>
    public static double Forward<T>(T* x, long n, long batch, long classes, long* target, long steps, long labels, long blank, double* alpha) where T : unmanaged, INumber<T>
    {
        long states = 2 * labels + 1;
        if (steps == 0)
            return labels == 0 ? 0 : double.PositiveInfinity;
        for (long t = 0; t < steps; t++)
        {
            T* row = x + (t * batch + n) * classes;
            double* now = alpha + t * states, before = now - states;
            for (long s = 0; s < states; s++)
            {
                double sum = t == 0 ? (s <= 1 ? 0 : double.NegativeInfinity) : before[s];
                if (t > 0 && s > 0)
                    sum = Wide.LogAdd(sum, before[s - 1]);
                if (t > 0 && Skips(target, s))
                    sum = Wide.LogAdd(sum, before[s - 2]);
                now[s] = sum + double.CreateTruncating(row[Label(target, s, blank)]);
            }
        }
        double* last = alpha + (steps - 1) * states;
        return -(states == 1 ? last[0] : Wide.LogAdd(last[states - 1], last[states - 2]));
    }

    /// <summary>
    /// Adds the gradient of sample <paramref name="n"/> to <paramref name="dx"/>, which was cleared; nothing where no way exists.
    /// <paramref name="loss"/> is what <c>Forward</c> gave, <paramref name="up"/> its gradient, <paramref name="beta"/> scratch of 2 (2 S + 1).
    /// </summary>
    public static void Backward<T>(T* x, long n, long batch, long classes, long* target, long steps, long labels, long blank, double* alpha, double loss, double up, double* beta, T* dx) where T : unmanaged, INumber<T>
    {
        long states = 2 * labels + 1;
        if (double.IsPositiveInfinity(loss))
            return;
        for (long t = steps - 1; t >= 0; t--)
        {
            // β_t without the step's own probability, so that α β is the whole.
            double* now = beta + t % 2 * states, after = beta + (t + 1) % 2 * states;
            T* next = x + ((t + 1) * batch + n) * classes;
            T* grad = dx + (t * batch + n) * classes;
            for (long s = 0; s < states; s++)
            {
                double sum = t < steps - 1 ? after[s] + At(next, target, s, blank) : s >= states - 2 ? 0 : double.NegativeInfinity;
                if (t < steps - 1 && s + 1 < states)
                    sum = Wide.LogAdd(sum, after[s + 1] + At(next, target, s + 1, blank));
                if (t < steps - 1 && s + 2 < states && Skips(target, s + 2))
                    sum = Wide.LogAdd(sum, after[s + 2] + At(next, target, s + 2, blank));
                now[s] = sum;
                double ways = alpha[t * states + s] + sum + loss;
                if (ways > -700)
                    grad[Label(target, s, blank)] -= T.CreateTruncating(up * Wide.Exp(Math.Min(ways, 0)));
            }
        }
    }

    private static double At<T>(T* row, long* target, long s, long blank) where T : unmanaged, INumber<T> => double.CreateTruncating(row[Label(target, s, blank)]);

    private static long Label(long* target, long s, long blank) => s % 2 == 0 ? blank : target[s / 2];

    // From a label to the next without a blank, unless they are equal.
    private static bool Skips(long* target, long s) => s >= 3 && s % 2 == 1 && target[s / 2] != target[s / 2 - 1];
}
