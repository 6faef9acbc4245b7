namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = aᵇ, da = b aᵇ⁻¹ · dy, db = aᵇ ln a · dy, 0 where a = 0 and b ≥ 0, as in PyTorch. Within 1 ULP: each lane is computed
/// in f64. NaN for a negative base with a fraction as the exponent.
/// </summary>
public readonly unsafe struct Power : IBinaryOp
{
    public static V Of<V>(V a, V b) where V : struct, IVector<V>
    {
        float* x = stackalloc float[16];
        float* y = stackalloc float[16];
        a.Store(x);
        b.Store(y);
        for (int i = 0; i < 16; i++)
            x[i] = (float)Wide.Pow(x[i], y[i]);
        return V.Load(x);
    }

    public V Apply<V>(V a, V b) where V : struct, IVector<V> => Of(a, b);

    public double Apply(double a, double b) => Math.Pow(a, b);

    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> =>
        V.Select(V.Equal(b, V.Create(0)), V.Create(0), dy * (b * Of(a, b - V.Create(1))));

    public double BackwardA(double a, double b, double dy) => b == 0 ? 0 : dy * b * Math.Pow(a, b - 1);

    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V>
    {
        V zero = V.Create(0), none = V.Equal(a, zero) & V.LessOrEqual(zero, b);
        return V.Select(none, zero, dy * (Of(a, b) * Log.Of(a)));
    }

    public double BackwardB(double a, double b, double dy) => a == 0 && b >= 0 ? 0 : dy * Math.Pow(a, b) * Math.Log(a);
}

/// <summary>y = xᵖ with one exponent for all elements, dx = p xᵖ⁻¹ · dy; see <see cref="Power"/>.</summary>
public readonly struct PowerScalar(float exponent) : IUnaryOp
{
    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    public V Apply<V>(V x) where V : struct, IVector<V> => Power.Of(x, V.Create(exponent));

    public double Apply(double x) => Math.Pow(x, exponent);

    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> =>
        default(Power).BackwardA(x, V.Create(exponent), dy);

    public double Backward(double x, double y, double dy) => default(Power).BackwardA(x, exponent, dy);
}
