using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = erf x = 2/√π ∫₀ˣ e^(-t²) dt, dx = 2/√π e^(-x²) · dy, within 2 ULP.
/// |x| below 0.875: x + x P(x²); above: 1 - e^g(|x|), g = ln erfc, both fitted for the least relative error of erf.
/// </summary>
public readonly struct Erf : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int Cost => 4;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public static V Of<V>(V x) where V : struct, IVector<V>
    {
        V z = x * x, size = Lanes.Abs(x);
        V p = V.Create(7.842242e-05f);
        p = V.Fma(p, z, V.Create(-0.00080217235f));
        p = V.Fma(p, z, V.Create(0.0051906356f));
        p = V.Fma(p, z, V.Create(-0.026855282f));
        p = V.Fma(p, z, V.Create(0.11283622f));
        p = V.Fma(p, z, V.Create(-0.3761263f));
        p = V.Fma(p, z, V.Create(0.12837917f));
        V small = V.Fma(p, x, x);

        // erf is 1 in f32 beyond 3.92.
        V t = Lanes.AtMost(size, 4f);
        V g = V.Create(-2.0451815e-05f);
        g = V.Fma(g, t, V.Create(0.000427091f));
        g = V.Fma(g, t, V.Create(-0.004135686f));
        g = V.Fma(g, t, V.Create(0.02502724f));
        g = V.Fma(g, t, V.Create(-0.10813915f));
        g = V.Fma(g, t, V.Create(-0.6334734f));
        g = V.Fma(g, t, V.Create(-1.1294532f));
        g = V.Fma(g, t, V.Create(0.00016202597f));
        V large = Lanes.CopySign(V.Create(1) - Exp.OfNormal(g), x);
        return V.Select(V.Less(size, V.Create(0.875f)), small, large);
    }

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Of(x);

    public double Apply(double x) => Wide.Erf(x);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> =>
        V.Create(1.1283792f) * Exp.Of(Lanes.Negate(x * x)) * dy;

    public double Backward(double x, double y, double dy) => 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * dy;
}
