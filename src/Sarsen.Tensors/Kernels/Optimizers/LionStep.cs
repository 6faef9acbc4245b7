using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Lion: u = sign(β₁m + (1 - β₁) g), 0 of 0, p ← p - lr (u + λp), m ← β₂m + (1 - β₂) g. State: m.
/// Source: Chen et al., «Symbolic discovery of optimization algorithms», NeurIPS 2023, algorithm 2.
/// </summary>
public readonly struct LionStep(double lr, double beta1, double beta2, double weightDecay) : IOptimizerStep
{
    public int States => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        V zero = V.Create(0), u = V.Fma(V.Create((float)beta1), a, V.Create((float)(1 - beta1)) * g);
        // 0 and NaN stay what they are.
        V sign = V.Select(V.Less(zero, u), V.Create(1), V.Select(V.Less(u, zero), V.Create(-1), u));
        a = V.Fma(V.Create((float)beta2), a, V.Create((float)(1 - beta2)) * g);
        return V.Fma(V.Create((float)-lr), V.Fma(V.Create((float)weightDecay), p, sign), p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        double u = beta1 * a + (1 - beta1) * g, sign = u > 0 ? 1 : u < 0 ? -1 : u;
        a = beta2 * a + (1 - beta2) * g;
        return p - lr * (sign + weightDecay * p);
    }
}
