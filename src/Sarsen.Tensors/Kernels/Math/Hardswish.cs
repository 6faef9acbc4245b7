using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// y = x min(max(x / 6 + 1/2, 0), 1); dx = 0 up to -3, dy from 3 on, (x / 3 + 1/2) · dy between. Source: Howard et al.,
/// ICCV 2019.
/// </summary>
public readonly struct Hardswish : IUnaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static bool BackwardNeedsX => true;

    public static bool BackwardNeedsY => false;

    [MethodImpl(Inline)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Select(V.LessOrEqual(x, V.Create(-3)), V.Create(0), V.Select(V.LessOrEqual(V.Create(3), x), x, x * V.Fma(x, V.Create(1f / 6), V.Create(0.5f))));

    public double Apply(double x) => x <= -3 ? 0 : x >= 3 ? x : x * (x / 6 + 0.5);

    [MethodImpl(Inline)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Select(V.Less(x, V.Create(-3)), V.Create(0), V.Select(V.LessOrEqual(x, V.Create(3)), dy * V.Fma(x, V.Create(1f / 3), V.Create(0.5f)), dy));

    public double Backward(double x, double y, double dy) => x < -3 ? 0 : x <= 3 ? dy * (x / 3 + 0.5) : dy;
}
