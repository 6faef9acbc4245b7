using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// NAdam at step t = 1, 2, …, with μ_t = β₁ (1 - 0.96^(tψ) / 2) and M_t = μ₁ ⋯ μ_t: g ← g + λp, m ← β₁m + (1 - β₁) g,
/// v ← β₂v + (1 - β₂) g², p ← p - lr ((1 - μ_t) / (1 - M_t) g + μ_{t+1} / (1 - M_t μ_{t+1}) m) / (√(v / (1 - β₂ᵗ)) + ε).
/// States: m, v; M is one number a parameter, torch.optim.NAdam's mu_product. Source: Dozat, ICLR workshop 2016;
/// torch.optim.NAdam since version 2, which before multiplied by μ_t once more in the last product.
/// </summary>
public readonly struct NAdamStep : IOptimizerStep
{
    private readonly double _beta1, _beta2, _epsilon, _decay, _now, _next, _root;

    // For vectors: rounded once, not for every sixteen parameters.
    private readonly float _beta1F, _beta2F, _newF, _newSquareF, _epsilonF, _decayF, _nowF, _nextF, _rootF;

    /// <summary><paramref name="product"/> is M before the step and becomes M of the step.</summary>
    public NAdamStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, double momentumDecay, long step, ref double product)
    {
        (_beta1, _beta2, _epsilon, _decay) = (beta1, beta2, epsilon, weightDecay);
        double mu = Momentum(beta1, momentumDecay, step), next = Momentum(beta1, momentumDecay, step + 1);
        product *= mu;
        _now = lr * (1 - mu) / (1 - product);
        _next = lr * next / (1 - product * next);
        _root = 1 / Math.Sqrt(1 - Wide.Power(beta2, step));
        (_beta1F, _beta2F, _newF, _newSquareF) = ((float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2));
        (_epsilonF, _decayF, _nowF, _nextF, _rootF) = ((float)epsilon, (float)weightDecay, (float)_now, (float)_next, (float)_root);
    }

    public int States => 2;

    // -0.0408… is ln 0.96. Beyond 700 the power is zero for all that adds to it.
    private static double Momentum(double beta1, double decay, long step) => beta1 * (1 - 0.5 * Wide.Exp(Math.Max(-700, step * decay * -0.040821994520255166)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        if (_decayF != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        a = V.Fma(V.Create(_beta1F), a, V.Create(_newF) * g);
        b = V.Fma(V.Create(_beta2F), b, V.Create(_newSquareF) * g * g);
        V size = V.Fma(V.Sqrt(b), V.Create(_rootF), V.Create(_epsilonF));
        return p - V.Fma(V.Create(_nowF), g, V.Create(_nextF) * a) / size;
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += _decay * p;
        a = _beta1 * a + (1 - _beta1) * g;
        b = _beta2 * b + (1 - _beta2) * g * g;
        return p - (_now * g + _next * a) / (Math.Sqrt(b) * _root + _epsilon);
    }
}
