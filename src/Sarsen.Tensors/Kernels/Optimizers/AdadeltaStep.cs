using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.Adadelta: g ← g + λp, v ← ρv + (1 - ρ) g², d = √(u + ε) / √(v + ε) · g, u ← ρu + (1 - ρ) d², p ← p - lr d.
/// States: v, u. Source: Zeiler, arXiv:1212.5701 (2012).
/// </summary>
public readonly struct AdadeltaStep(double lr, double rho, double epsilon, double weightDecay) : IOptimizerStep
{
    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-lr, _keepF = (float)rho, _takeF = (float)(1 - rho), _epsilonF = (float)epsilon, _decayF = (float)weightDecay;

    public int States => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        V keep = V.Create(_keepF), take = V.Create(_takeF), least = V.Create(_epsilonF);
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(keep, a, take * g * g);
        V move = V.Sqrt(b + least) / V.Sqrt(a + least) * g;
        b = V.Fma(keep, b, take * move * move);
        return V.Fma(V.Create(_rateF), move, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        a = rho * a + (1 - rho) * g * g;
        double move = Math.Sqrt(b + epsilon) / Math.Sqrt(a + epsilon) * g;
        b = rho * b + (1 - rho) * move * move;
        return p - lr * move;
    }
}
