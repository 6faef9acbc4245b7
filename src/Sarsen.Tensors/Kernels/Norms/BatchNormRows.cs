using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary><see cref="BatchNorm"/> of rows (N, C): sixteen channels run side by side, and sum in stretches of 128 rows.</summary>
internal static unsafe class BatchNormRows
{
    private const int Stretch = 128;

    /// <summary>y = x̂ γ + β, or with dy r (γ dy - a - x̂ b), given for each channel. An item is a row.</summary>
    public struct Elements : IVectorRange
    {
        public float* X, Mean, Rstd, Gamma, Beta, Y, Dy, A, B;
        public nint C;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            V zero = V.Create(0), one = V.Create(1);
            for (nint n = (nint)begin; n < (nint)end; n++)
            {
                for (nint c = 0; c < C; c += 16)
                {
                    nint k = nint.Min(16, C - c), at = (n * C) + c;
                    V rstd = V.Load(Rstd + c, k), hat = (V.Load(X + at, k) - V.Load(Mean + c, k)) * rstd, gamma = Gamma is null ? one : V.Load(Gamma + c, k);
                    V value = Dy is null
                        ? V.Fma(hat, gamma, Beta is null ? zero : V.Load(Beta + c, k))
                        : rstd * (gamma * V.Load(Dy + at, k) - V.Load(A + c, k) - hat * V.Load(B + c, k));
                    value.Store(Y + at, k);
                }
            }
        }
    }

    /// <summary>dγ = Σ dy x̂ and dβ = Σ dy. An item is sixteen channels.</summary>
    public struct Parameters : IVectorRange
    {
        public float* X, Mean, Rstd, Dy, Dgamma, Dbeta;
        public nint N, C;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run<V>(long begin, long end) where V : struct, IVector<V>
        {
            for (nint c = (nint)begin * 16; c < nint.Min((nint)end * 16, C); c += 16)
            {
                nint k = nint.Min(16, C - c);
                V mean = V.Load(Mean + c, k), rstd = V.Load(Rstd + c, k), gamma = V.Create(0), beta = V.Create(0);
                for (nint from = 0; from < N; from += Stretch)
                {
                    V g = V.Create(0), b = V.Create(0);
                    for (nint n = from; n < nint.Min(N, from + Stretch); n++)
                    {
                        V dy = V.Load(Dy + (n * C) + c, k);
                        g = V.Fma(dy, (V.Load(X + (n * C) + c, k) - mean) * rstd, g);
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
}
