using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// What batch norm and group norm share: rows of a channel, x̂ = (x - μ) r, with one μ, r, γ and β each. A stretch of at most
/// 4096 elements sums in 16 lanes; stretches combine in f64 in ascending order.
/// </summary>
internal static unsafe class ChannelNorm
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public const int Stretch = 4096;

    /// <summary>Σ dy and Σ dy x̂ of at most <see cref="Stretch"/> elements.</summary>
    [MethodImpl(Inline)]
    public static (double Sum, double Dot) Sums<V>(float* x, float* dy, nint count, V mean, V rstd) where V : struct, IVector<V>
    {
        V sum = V.Create(0), dot = V.Create(0);
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            V g = V.Load(dy + i);
            sum += g;
            dot = V.Fma(g, (V.Load(x + i) - mean) * rstd, dot);
        }
        if (i < count)
        {
            V g = V.Load(dy + i, count - i);
            sum += g;
            dot = V.Fma(g, (V.Load(x + i, count - i) - mean) * rstd, dot);
        }
        return (V.Sum(sum), V.Sum(dot));
    }

    /// <summary>y = x̂ γ + β.</summary>
    [MethodImpl(Inline)]
    public static void Forward<V>(float* x, float* y, nint count, V mean, V rstd, V gamma, V beta) where V : struct, IVector<V>
    {
        nint i = 0;
        for (; i <= count - 16; i += 16)
            V.Fma((V.Load(x + i) - mean) * rstd, gamma, beta).Store(y + i);
        if (i < count)
            V.Fma((V.Load(x + i, count - i) - mean) * rstd, gamma, beta).Store(y + i, count - i);
    }

    /// <summary>dx = r (γ dy - a - x̂ b).</summary>
    [MethodImpl(Inline)]
    public static void Backward<V>(float* x, float* dy, float* dx, nint count, V mean, V rstd, V gamma, V a, V b) where V : struct, IVector<V>
    {
        nint i = 0;
        for (; i <= count - 16; i += 16)
        {
            V hat = (V.Load(x + i) - mean) * rstd;
            (rstd * (gamma * V.Load(dy + i) - a - hat * b)).Store(dx + i);
        }
        if (i < count)
        {
            V hat = (V.Load(x + i, count - i) - mean) * rstd;
            (rstd * (gamma * V.Load(dy + i, count - i) - a - hat * b)).Store(dx + i, count - i);
        }
    }
}
