using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// What batch norm and group norm share: x is (N, C, S) with S the product of the spatial sizes, one γ and β a channel, and
/// μ and r either one a channel (groups 0: batch norm) or one for each (n, group), of C / groups channels each.
/// x̂ = (x - μ) r, y = x̂ γ + β. A stretch of S elements sums in 16 lanes, stretches combine in f64 in ascending order;
/// where S is 1 sixteen channels of a batch norm run side by side, in stretches of 128 rows.
/// </summary>
public static unsafe class ChannelNorm
{
    private const int SideStretch = 128;

    /// <summary>y = (x - μ) r γ + β; γ and β may be null for ones and zeros.</summary>
    public static void Apply(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* beta, float* y, long n, long channels, long spatial, long groups)
    {
        var range = new ApplyRange { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Beta = beta, Y = y, C = channels, S = (nint)spatial, Groups = groups };
        if (spatial == 1 && groups == 0)
            VectorRanges.For(workers, ref range, n, channels);
        else
            VectorRanges.For(workers, ref range, n * channels, 16 + spatial);
    }

    /// <summary>dγ = Σ dy x̂ and dβ = Σ dy over n and space, of (C) each.</summary>
    public static void BackwardParameters(Workers workers, float* x, float* mean, float* rstd, float* dy, float* dgamma, float* dbeta, long n, long channels, long spatial, long groups)
    {
        var range = new ParameterRange { X = x, Mean = mean, Rstd = rstd, Dy = dy, Dgamma = dgamma, Dbeta = dbeta, N = n, C = channels, S = (nint)spatial, Groups = groups };
        if (spatial == 1 && groups == 0)
            VectorRanges.For(workers, ref range, (channels + 15) / 16, 32 * n);
        else
            VectorRanges.For(workers, ref range, channels, 2 * n * (16 + spatial));
    }

    /// <summary>dx = r (γ dy - a - x̂ b), a and b given for each statistic, or both null for none.</summary>
    public static void BackwardInput(Workers workers, float* x, float* mean, float* rstd, float* gamma, float* a, float* b, float* dy, float* dx, long n, long channels, long spatial, long groups)
    {
        var range = new ApplyRange { X = x, Mean = mean, Rstd = rstd, Gamma = gamma, Y = dx, Dy = dy, A = a, B = b, C = channels, S = (nint)spatial, Groups = groups };
        if (spatial == 1 && groups == 0)
            VectorRanges.For(workers, ref range, n, 2 * channels);
        else
            VectorRanges.For(workers, ref range, n * channels, 16 + 2 * spatial);
    }

    /// <summary>Σ dy and Σ dy x̂ of a stretch, in 16 lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Sums<V>(float* x, float* dy, nint count, float mean, float rstd, ref double sum, ref double dot) where V : struct, IVector<V>
    {
        const int stretch = 4096;
        V m = V.Create(mean), r = V.Create(rstd);
        for (nint from = 0; from < count; from += stretch)
        {
            nint to = Math.Min(count, from + stretch);
            V s = V.Create(0), d = V.Create(0);
            for (nint i = from; i < to; i += 16)
            {
                nint k = Math.Min(16, to - i);
                V g = V.Load(dy + i, k);
                s += g;
                d = V.Fma(g, (V.Load(x + i, k) - m) * r, d);
            }
            sum += V.Sum(s);
            dot += V.Sum(d);
        }
    }

    internal static long Statistic(long n, long c, long channels, long groups) =>
        groups == 0 ? c : n * groups + c / (channels / groups);

    private struct ApplyRange : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Beta, Y, Dy, A, B;
        public long C, Groups;
        public nint S;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            V zero = V.Create(0), one = V.Create(1);
            if (S == 1 && Groups == 0)
            {
                for (long n = begin; n < end; n++)
                {
                    for (nint c = 0; c < (nint)C; c += 16)
                    {
                        nint k = Math.Min(16, (nint)C - c), at = (nint)n * (nint)C + c;
                        Element(at, k, V.Load(Mean + c, k), V.Load(Rstd + c, k), Gamma is null ? one : V.Load(Gamma + c, k),
                            Beta is null ? zero : V.Load(Beta + c, k), A is null ? zero : V.Load(A + c, k), B is null ? zero : V.Load(B + c, k));
                    }
                }
                return;
            }
            for (long item = begin; item < end; item++)
            {
                long c = item % C, k = Statistic(item / C, c, C, Groups);
                V mean = V.Create(Mean[k]), rstd = V.Create(Rstd[k]), gamma = Gamma is null ? one : V.Create(Gamma[c]);
                V beta = Beta is null ? zero : V.Create(Beta[c]), a = A is null ? zero : V.Create(A[k]), b = B is null ? zero : V.Create(B[k]);
                for (nint i = 0; i < S; i += 16)
                    Element((nint)item * S + i, Math.Min(16, S - i), mean, rstd, gamma, beta, a, b);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Element<V>(nint at, nint count, V mean, V rstd, V gamma, V beta, V a, V b) where V : struct, IVector<V>
        {
            V hat = (V.Load(X + at, count) - mean) * rstd;
            V value = Dy is null ? V.Fma(hat, gamma, beta) : rstd * (gamma * V.Load(Dy + at, count) - a - hat * b);
            value.Store(Y + at, count);
        }
    }

    private struct ParameterRange : IVectorRange
    {
        public float* X, Mean, Rstd, Dy, Dgamma, Dbeta;
        public long N, C, Groups;
        public nint S;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            if (S == 1 && Groups == 0)
            {
                for (nint c = (nint)begin * 16; c < Math.Min((nint)end * 16, (nint)C); c += 16)
                    Side<V>(c, Math.Min(16, (nint)C - c));
                return;
            }
            for (long c = begin; c < end; c++)
            {
                double sum = 0, dot = 0;
                for (long n = 0; n < N; n++)
                {
                    long k = Statistic(n, c, C, Groups);
                    float* x = X + (n * C + c) * S, dy = Dy + (n * C + c) * S;
                    Sums<V>(x, dy, S, Mean[k], Rstd[k], ref sum, ref dot);
                }
                Dbeta[c] = (float)sum;
                Dgamma[c] = (float)dot;
            }
        }

        private readonly void Side<V>(nint c, nint k) where V : struct, IVector<V>
        {
            V mean = V.Load(Mean + c, k), rstd = V.Load(Rstd + c, k), gamma = V.Create(0), beta = V.Create(0);
            for (nint from = 0; from < (nint)N; from += SideStretch)
            {
                V g = V.Create(0), b = V.Create(0);
                for (nint n = from; n < Math.Min((nint)N, from + SideStretch); n++)
                {
                    V dy = V.Load(Dy + n * (nint)C + c, k);
                    g = V.Fma(dy, (V.Load(X + n * (nint)C + c, k) - mean) * rstd, g);
                    b += dy;
                }
                gamma += g;
                beta += b;
            }
            gamma.Store(Dgamma + c, k);
            beta.Store(Dbeta + c, k);
        }
    }
}
