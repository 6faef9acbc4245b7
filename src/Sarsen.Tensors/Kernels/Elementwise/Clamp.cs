using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = min(max(x, low), high), NaN stays; dx = dy where low ≤ x ≤ high, else 0. Gradient clipping by value is this.</summary>
public readonly struct Clamp(float low, float high) : IUnaryOp
{
    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : struct, IVector<V> => Lanes.AtMost(Lanes.AtLeast(x, low), high);

    public double Apply(double x) => x < low ? low : x > high ? high : x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> =>
        dy & V.LessOrEqual(V.Create(low), x) & V.LessOrEqual(x, V.Create(high));

    public double Backward(double x, double y, double dy) => x >= low && x <= high ? dy : 0;
}
