using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.Adamax at step t = 1, 2, …: g ← g + λp, m ← β₁m + (1 - β₁) g, u ← max(β₂u, |g| + ε),
/// p ← p - lr / (1 - β₁ᵗ) · m / u. States: m, u. Source: Kingma, Ba, ICLR 2015, section 7.1.
/// </summary>
public readonly struct AdamaxStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, long step) : IOptimizerStep
{
    private readonly double _rate = lr / (1 - Wide.Power(beta1, step));

    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-(lr / (1 - Wide.Power(beta1, step))), _beta1F = (float)beta1, _newF = (float)(1 - beta1);
    private readonly float _beta2F = (float)beta2, _epsilonF = (float)epsilon, _decayF = (float)weightDecay;

    public int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(V.Create(_beta1F), a, V.Create(_newF) * g);
        b = Lanes.Max(V.Create(_beta2F) * b, Lanes.Abs(g) + V.Create(_epsilonF));
        return V.Fma(V.Create(_rateF), a / b, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        a = beta1 * a + (1 - beta1) * g;
        b = Math.Max(beta2 * b, Math.Abs(g) + epsilon);
        return p - _rate * (a / b);
    }
}
