using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The negative log-likelihood of a count b under a Poisson distribution, as torch.nn.PoissonNLLLoss: e^a - b a where a is the
/// logarithm of the rate, else a - b ln(a + ε). Full: plus Stirling's b ln b - b + ln(2πb) / 2 where b &gt; 1. da = (e^a - b) dy, or
/// (1 - b / (a + ε)) dy; db = -a dy or -ln(a + ε) dy, plus (ln b + 1 / 2b) dy.
/// </summary>
public readonly struct PoissonError(bool logInput, bool full, double epsilon) : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V>
    {
        V loss = logInput ? Exp.Of(a) - b * a : a - b * Log.Of(a + V.Create((float)epsilon));
        if (!full)
            return loss;
        V large = Lanes.AtLeast(b, 1), log = Log.Of(large);
        V rest = V.Fma(large + V.Create(0.5f), log, V.Create(0.9189385332046727f) - large);
        return V.Select(V.Less(V.Create(1), b), loss + rest, loss);
    }

    public double Apply(double a, double b) =>
        (logInput ? Math.Exp(a) - b * a : a - b * Math.Log(a + epsilon))
        + (full && b > 1 ? b * Math.Log(b) - b + 0.5 * Math.Log(2 * Math.PI * b) : 0);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> =>
        (logInput ? Exp.Of(a) - b : V.Create(1) - b / (a + V.Create((float)epsilon))) * dy;

    public double BackwardA(double a, double b, double dy) => (logInput ? Math.Exp(a) - b : 1 - b / (a + epsilon)) * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V>
    {
        V slope = Lanes.Negate(logInput ? a : Log.Of(a + V.Create((float)epsilon)));
        if (!full)
            return slope * dy;
        V large = Lanes.AtLeast(b, 1), rest = Log.Of(large) + V.Create(0.5f) / large;
        return V.Select(V.Less(V.Create(1), b), slope + rest, slope) * dy;
    }

    public double BackwardB(double a, double b, double dy) =>
        (-(logInput ? a : Math.Log(a + epsilon)) + (full && b > 1 ? Math.Log(b) + 0.5 / b : 0)) * dy;
}
