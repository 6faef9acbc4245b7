using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// torch.optim.Adam and, with decoupled decay, AdamW, at step t = 1, 2, …: Adam g ← g + λp, AdamW p ← p - lr λp; then
/// m ← β₁m + (1 - β₁) g, v ← β₂v + (1 - β₂) g², p ← p - lr / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε). AMSGrad takes the
/// greatest v so far in the denominator. States: m, v and, for AMSGrad, that greatest.
/// Sources: Kingma, Ba, ICLR 2015; Loshchilov, Hutter, ICLR 2019; Reddi, Kale, Kumar, ICLR 2018.
/// </summary>
public readonly struct AdamStep : IOptimizerStep
{
    private readonly double _beta1, _beta2, _epsilon, _decay, _shrink, _rate, _root;

    // The same for vectors: rounded once, not for every sixteen parameters.
    private readonly float _beta1F, _beta2F, _newF, _newSquareF, _epsilonF, _decayF, _shrinkF, _rateF, _rootF;
    private readonly bool _amsgrad;

    public AdamStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, bool decoupled, bool amsgrad, long step)
    {
        _amsgrad = amsgrad;
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
        _decay = decoupled ? 0 : weightDecay;
        _shrink = decoupled ? 1 - lr * weightDecay : 1;
        _rate = lr / (1 - Wide.Power(beta1, step));
        _root = 1 / Math.Sqrt(1 - Wide.Power(beta2, step));
        (_beta1F, _beta2F, _newF, _newSquareF) = ((float)beta1, (float)beta2, (float)(1 - beta1), (float)(1 - beta2));
        (_epsilonF, _decayF, _shrinkF, _rateF, _rootF) = ((float)epsilon, (float)_decay, (float)_shrink, (float)-_rate, (float)_root);
    }

    public int States => _amsgrad ? 3 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        // The same for all, so that a branch costs less than what it spares.
        if (_decay != 0)
            g = V.Fma(V.Create(_decayF), p, g);
        if (_shrink != 1)
            p *= V.Create(_shrinkF);
        a = V.Fma(V.Create(_beta1F), a, V.Create(_newF) * g);
        b = V.Fma(V.Create(_beta2F), b, V.Create(_newSquareF) * g * g);
        V square = b;
        if (_amsgrad)
            square = c = Lanes.Max(c, b);
        V size = V.Fma(V.Sqrt(square), V.Create(_rootF), V.Create(_epsilonF));
        return V.Fma(V.Create(_rateF), a / size, p);
    }

    public double Step(double p, double g, ref double a, ref double b, ref double c)
    {
        g += _decay * p;
        p *= _shrink;
        a = _beta1 * a + (1 - _beta1) * g;
        b = _beta2 * b + (1 - _beta2) * g * g;
        double square = b;
        if (_amsgrad)
            square = c = Math.Max(c, b);
        return p - _rate * (a / (Math.Sqrt(square) * _root + _epsilon));
    }
}
