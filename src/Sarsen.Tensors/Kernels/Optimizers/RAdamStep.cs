using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.RAdam at step t = 1, 2, …: g ← g + λp, m ← β₁m + (1 - β₁) g, v ← β₂v + (1 - β₂) g²; with ρ = 2 / (1 - β₂) - 1
/// and ρ_t = ρ - 2tβ₂ᵗ / (1 - β₂ᵗ): p ← p - lr r m̂ √(1 - β₂ᵗ) / (√v + ε), r² = (ρ_t - 4)(ρ_t - 2) ρ / ((ρ - 4)(ρ - 2) ρ_t), where
/// ρ_t &gt; 5, else p ← p - lr m̂, m̂ = m / (1 - β₁ᵗ). States: m, v. Source: Liu et al., ICLR 2020.
/// </summary>
public readonly struct RAdamStep : IOptimizerStep
{
    private readonly double _beta1, _beta2, _epsilon, _decay, _rate;

    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _beta1F, _beta2F, _newF, _newSquareF, _epsilonF, _decayF, _rateF;
    private readonly bool _rectified;

    public RAdamStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, long step)
    {
        (_beta1, _beta2, _epsilon, _decay) = (beta1, beta2, epsilon, weightDecay);
        double power = Wide.Power(beta2, step), rho = 2 / (1 - beta2) - 1, now = rho - 2 * step * power / (1 - power);
        _rate = lr / (1 - Wide.Power(beta1, step));
        _rectified = now > 5;
        if (_rectified)
            _rate *= Math.Sqrt((now - 4) * (now - 2) * rho / ((rho - 4) * (rho - 2) * now)) * Math.Sqrt(1 - power);
        (_beta1F, _beta2F, _newF, _newSquareF) = ((float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2));
        (_epsilonF, _decayF, _rateF) = ((float)epsilon, (float)weightDecay, (float)-_rate);
    }

    public int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(V.Create(_beta1F), a, V.Create(_newF) * g);
        b = V.Fma(V.Create(_beta2F), b, V.Create(_newSquareF) * g * g);
        V move = _rectified ? a / (V.Sqrt(b) + V.Create(_epsilonF)) : a;
        return V.Fma(V.Create(_rateF), move, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += _decay * p;
        a = _beta1 * a + (1 - _beta1) * g;
        b = _beta2 * b + (1 - _beta2) * g * g;
        return p - _rate * (_rectified ? a / (Math.Sqrt(b) + _epsilon) : a);
    }
}
