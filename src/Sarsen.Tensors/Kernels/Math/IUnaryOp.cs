namespace Sarsen.Tensors.Kernels;

/// <summary>
/// An elementwise function y = f(x) with its derivative: the f32 lanes, and the plain f64 reference that gradients are
/// checked on. Parameters such as a slope are fields. One file a function; <see cref="Unary"/> holds the loops.
/// </summary>
public interface IUnaryOp
{
    /// <summary>The work of <c>Apply</c> beside an addition's, about: how it is shared among threads follows from it.</summary>
    static virtual int Cost => 1;

    /// <summary>Whether <c>Backward</c> reads x; when false it may be absent.</summary>
    static abstract bool BackwardNeedsX { get; }

    /// <summary>Whether <c>Backward</c> reads y; when false it may be absent.</summary>
    static abstract bool BackwardNeedsY { get; }

    V Apply<V>(V x) where V : struct, IVector<V>;

    double Apply(double x);

    /// <summary>dx = f'(x) · dy.</summary>
    V Backward<V>(V x, V y, V dy) where V : struct, IVector<V>;

    double Backward(double x, double y, double dy);
}
