using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.Adamax at step t = 1, 2, …: g ← g + λp, m ← β₁m + (1 - β₁) g, u ← max(β₂u, |g| + ε),
/// p ← p - lr / (1 - β₁ᵗ) · m / u. States: m, u. Source: Kingma, Ba, ICLR 2015, section 7.1.
/// </summary>
public readonly struct AdamaxStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, long step) : IOptimizerStep
{
    private readonly double _rate = lr / (1 - Wide.Power(beta1, step));

    public int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        g = V.Fma(V.Create((float)weightDecay), p, g);
        a = V.Fma(V.Create((float)beta1), a, V.Create((float)(1 - beta1)) * g);
        b = Lanes.Max(V.Create((float)beta2) * b, Lanes.Abs(g) + V.Create((float)epsilon));
        return V.Fma(V.Create((float)-_rate), a / b, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        a = beta1 * a + (1 - beta1) * g;
        b = Math.Max(beta2 * b, Math.Abs(g) + epsilon);
        return p - _rate * (a / b);
    }
}
