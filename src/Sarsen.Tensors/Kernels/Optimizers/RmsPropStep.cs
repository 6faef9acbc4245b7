using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.RMSprop: g ← g + λp, v ← αv + (1 - α) g²; centered: m ← αm + (1 - α) g, s = √(v - m²) + ε, else s = √v + ε;
/// with momentum u ← μu + g / s, p ← p - lr u, else p ← p - lr g / s. States: v, then u, then m; u is always there when m is.
/// </summary>
public readonly struct RmsPropStep(double lr, double alpha, double epsilon, double weightDecay, double momentum, bool centered) : IOptimizerStep
{
    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-lr, _keepF = (float)alpha, _takeF = (float)(1 - alpha), _epsilonF = (float)epsilon, _decayF = (float)weightDecay, _momentumF = (float)momentum;

    public int States => centered ? 3 : momentum != 0 ? 2 : 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        V keep = V.Create(_keepF), take = V.Create(_takeF);
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(keep, a, take * g * g);
        V variance = a;
        if (centered)
        {
            c = V.Fma(keep, c, take * g);
            // Rounding may leave it just below zero.
            variance = Lanes.AtLeast(V.Fma(Lanes.Negate(c), c, a), 0);
        }
        V move = g / (V.Sqrt(variance) + V.Create(_epsilonF));
        if (momentum != 0)
        {
            b = V.Fma(V.Create(_momentumF), b, move);
            move = b;
        }
        return V.Fma(V.Create(_rateF), move, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        a = alpha * a + (1 - alpha) * g * g;
        double variance = a;
        if (centered)
        {
            c = alpha * c + (1 - alpha) * g;
            variance = Math.Max(0, a - c * c);
        }
        double move = g / (Math.Sqrt(variance) + epsilon);
        if (momentum != 0)
            move = b = momentum * b + move;
        return p - lr * move;
    }
}
