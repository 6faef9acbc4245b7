using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Lion: u = sign(β₁m + (1 - β₁) g), 0 of 0, p ← p - lr (u + λp), m ← β₂m + (1 - β₂) g. State: m.
/// Source: Chen et al., «Symbolic discovery of optimization algorithms», NeurIPS 2023, algorithm 2.
/// </summary>
public readonly struct LionStep(double lr, double beta1, double beta2, double weightDecay) : IOptimizerStep
{
    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-lr, _beta1F = (float)beta1, _new1F = (float)(1 - beta1), _beta2F = (float)beta2, _new2F = (float)(1 - beta2), _decayF = (float)weightDecay;

    public int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        V zero = V.Create(0), u = V.Fma(V.Create(_beta1F), a, V.Create(_new1F) * g);
        // 0 and NaN stay what they are.
        V sign = V.Select(V.Less(zero, u), V.Create(1), V.Select(V.Less(u, zero), V.Create(-1), u));
        a = V.Fma(V.Create(_beta2F), a, V.Create(_new2F) * g);
        return V.Fma(V.Create(_rateF), V.Fma(V.Create(_decayF), p, sign), p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        double u = beta1 * a + (1 - beta1) * g, sign = u > 0 ? 1 : u < 0 ? -1 : u;
        a = beta2 * a + (1 - beta2) * g;
        return p - lr * (sign + weightDecay * p);
    }
}
