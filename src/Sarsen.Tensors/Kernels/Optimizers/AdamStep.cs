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
    private readonly bool _amsgrad;

    public AdamStep(double lr, double beta1, double beta2, double epsilon, double weightDecay, bool decoupled, bool amsgrad, long step)
    {
        _amsgrad = amsgrad;
        (_beta1, _beta2, _epsilon) = (beta1, beta2, epsilon);
        _decay = decoupled ? 0 : weightDecay;
        _shrink = decoupled ? 1 - lr * weightDecay : 1;
        _rate = lr / (1 - Wide.Power(beta1, step));
        _root = 1 / Math.Sqrt(1 - Wide.Power(beta2, step));
    }

    public int States => _amsgrad ? 3 : 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V>
    {
        g = V.Fma(V.Create((float)_decay), p, g);
        p *= V.Create((float)_shrink);
        a = V.Fma(V.Create((float)_beta1), a, V.Create((float)(1 - _beta1)) * g);
        b = V.Fma(V.Create((float)_beta2), b, V.Create((float)(1 - _beta2)) * g * g);
        V square = b;
        if (_amsgrad)
            square = c = Lanes.Max(c, b);
        V size = V.Fma(V.Sqrt(square), V.Create((float)_root), V.Create((float)_epsilon));
        return V.Fma(V.Create((float)-_rate), a / size, p);
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
