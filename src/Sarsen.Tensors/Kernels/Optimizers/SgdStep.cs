using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.SGD: g ← g + λp; with momentum v ← μv + (1 - d) g (on the first step v ← g), and g ← g + μv for
/// Nesterov, else g ← v; p ← p - lr g. One state, v, where there is momentum.
/// </summary>
public readonly struct SgdStep(double lr, double momentum, double dampening, double weightDecay, bool nesterov, bool first) : IOptimizerStep
{
    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _rateF = (float)-lr, _momentumF = (float)momentum, _newF = (float)(1 - dampening), _decayF = (float)weightDecay;

    public int States => momentum != 0 ? 1 : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        V mu = V.Create(_momentumF);
        // The same for all, so that a branch costs less than what it spares.
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        if (momentum != 0)
        {
            a = first ? g : V.Fma(mu, a, V.Create(_newF) * g);
            g = nesterov ? V.Fma(mu, a, g) : a;
        }
        return V.Fma(V.Create(_rateF), g, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += weightDecay * p;
        if (momentum != 0)
        {
            a = first ? g : momentum * a + (1 - dampening) * g;
            g = nesterov ? g + momentum * a : a;
        }
        return p - lr * g;
    }
}
