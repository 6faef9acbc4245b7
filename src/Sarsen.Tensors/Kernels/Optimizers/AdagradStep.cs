using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.Adagrad at step t = 1, 2, …: g ← g + λp, s ← s + g², p ← p - lr / (1 + (t - 1) η) · g / (√s + ε). State: s.
/// Source: Duchi, Hazan, Singer, JMLR 12 (2011).
/// </summary>
public readonly struct AdagradStep(double lr, double lrDecay, double epsilon, double weightDecay, long step) : IOptimizerStep
{
    private readonly double _rate = lr / (1 + (step - 1) * lrDecay);

    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-(lr / (1 + (step - 1) * lrDecay)), _epsilonF = (float)epsilon, _decayF = (float)weightDecay;

    public int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(g, g, a);
        return V.Fma(V.Create(_rateF), g / (V.Sqrt(a) + V.Create(_epsilonF)), p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        a += g * g;
        return p - _rate * (g / (Math.Sqrt(a) + epsilon));
    }
}
