using System.Runtime.CompilerServices;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Layer norm, y = (x - μ) r γ + β with μ = Σ x / C and r = 1 / √(Σ (x - μ)² / C + ε) over each row of (rows, C), and
/// RMS norm, the same with μ = 0. μ and r are saved (rows each). Sums of rows combine in f64.
/// Sources: Ba, Kiros, Hinton, arXiv 1607.06450; Zhang, Sennrich, NeurIPS 2019.
/// </summary>
/// <remarks>
/// With x̂ = (x - μ) r and g = γ dy: dx = r (g - Σ g / C - x̂ Σ g x̂ / C), where RMS norm lacks the middle term;
/// dγ = Σ dy x̂ and dβ = Σ dy over the rows, in stretches of 128 rows.
/// </remarks>
public static unsafe class RowNorm
{
    private const int SideStretch = 128;

    /// <summary>γ and β may be null for ones and zeros; <paramref name="mean"/> is null for RMS norm.</summary>
    public static void Forward(Workers workers, float* x, float* gamma, float* beta, float* y, float* mean, float* rstd, long rows, long columns, double epsilon)
    {
        var range = new ForwardRange { X = x, Gamma = gamma, Beta = beta, Y = y, Mean = mean, Rstd = rstd, C = (nint)columns, Epsilon = epsilon };
        VectorRanges.For(workers, ref range, rows, 3 * columns);
    }

    public static void BackwardInput(Workers workers, float* x, float* gamma, float* mean, float* rstd, float* dy, float* dx, long rows, long columns)
    {
        var range = new InputRange { X = x, Gamma = gamma, Mean = mean, Rstd = rstd, Dy = dy, Dx = dx, C = (nint)columns };
        VectorRanges.For(workers, ref range, rows, 3 * columns);
    }

    /// <summary>dγ and dβ of (C); either may be null.</summary>
    public static void BackwardParameters(Workers workers, float* x, float* mean, float* rstd, float* dy, float* dgamma, float* dbeta, long rows, long columns)
    {
        var range = new ParameterRange { X = x, Mean = mean, Rstd = rstd, Dy = dy, Dgamma = dgamma, Dbeta = dbeta, Rows = (nint)rows, C = (nint)columns };
        VectorRanges.For(workers, ref range, (columns + 15) / 16, 32 * rows);
    }

    private struct ForwardRange : IVectorRange
    {
        public float* X, Gamma, Beta, Y, Mean, Rstd;
        public nint C;
        public double Epsilon;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long row = begin; row < end; row++)
            {
                float* x = X + row * C, y = Y + row * C;
                float mean = 0;
                if (Mean is not null)
                    Mean[row] = mean = (float)(Reduce.Row(default(SumOf), x, C, V.Create(0)) / C);
                V m = V.Create(mean);
                double variance = Reduce.Row(default(SquaresOf), x, C, m) / C;
                Rstd[row] = (float)(1 / Math.Sqrt(variance + Epsilon));
                V r = V.Create(Rstd[row]);
                for (nint c = 0; c < C; c += 16)
                {
                    nint n = Math.Min(16, C - c);
                    V value = (V.Load(x + c, n) - m) * r;
                    if (Gamma is not null)
                        value *= V.Load(Gamma + c, n);
                    if (Beta is not null)
                        value += V.Load(Beta + c, n);
                    value.Store(y + c, n);
                }
            }
        }
    }

    private struct InputRange : IVectorRange
    {
        private const int Stretch = 4096;

        public float* X, Gamma, Mean, Rstd, Dy, Dx;
        public nint C;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (long row = begin; row < end; row++)
            {
                float* x = X + row * C, dy = Dy + row * C, dx = Dx + row * C;
                V m = V.Create(Mean is null ? 0 : Mean[row]), r = V.Create(Rstd[row]);
                double sumG = 0, sumGx = 0;
                for (nint from = 0; from < C; from += Stretch)
                {
                    V g1 = V.Create(0), g2 = V.Create(0);
                    nint to = Math.Min(C, from + Stretch);
                    for (nint c = from; c < to; c += 16)
                    {
                        nint n = Math.Min(16, to - c);
                        V g = Weighted<V>(dy, c, n);
                        g1 += g;
                        g2 = V.Fma(g, (V.Load(x + c, n) - m) * r, g2);
                    }
                    sumG += V.Sum(g1);
                    sumGx += V.Sum(g2);
                }
                V meanG = V.Create(Mean is null ? 0 : (float)(sumG / C)), meanGx = V.Create((float)(sumGx / C));
                for (nint c = 0; c < C; c += 16)
                {
                    nint n = Math.Min(16, C - c);
                    V hat = (V.Load(x + c, n) - m) * r;
                    (r * (Weighted<V>(dy, c, n) - meanG - hat * meanGx)).Store(dx + c, n);
                }
            }
        }

        // γ dy, zero beyond n.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly V Weighted<V>(float* dy, nint c, nint n) where V : struct, IVector<V> =>
            Gamma is null ? V.Load(dy + c, n) : V.Load(dy + c, n) * V.Load(Gamma + c, n);
    }

    // An item is sixteen columns.
    private struct ParameterRange : IVectorRange
    {
        public float* X, Mean, Rstd, Dy, Dgamma, Dbeta;
        public nint Rows, C;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint c = (nint)begin * 16; c < Math.Min((nint)end * 16, C); c += 16)
            {
                nint n = Math.Min(16, C - c);
                V gamma = V.Create(0), beta = V.Create(0);
                for (nint from = 0; from < Rows; from += SideStretch)
                {
                    V g = V.Create(0), b = V.Create(0);
                    for (nint row = from; row < Math.Min(Rows, from + SideStretch); row++)
                    {
                        V dy = V.Load(Dy + row * C + c, n);
                        V hat = (V.Load(X + row * C + c, n) - V.Create(Mean is null ? 0 : Mean[row])) * V.Create(Rstd[row]);
                        g = V.Fma(dy, hat, g);
                        b += dy;
                    }
                    gamma += g;
                    beta += b;
                }
                if (Dgamma is not null)
                    gamma.Store(Dgamma + c, n);
                if (Dbeta is not null)
                    beta.Store(Dbeta + c, n);
            }
        }
    }
}
