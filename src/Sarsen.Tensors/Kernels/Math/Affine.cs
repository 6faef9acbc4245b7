using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = a x + b with one a and one b for all elements, rounded once (FMA); dx = a · dy.</summary>
public readonly struct Affine(double a, double b) : IUnaryOp
{
    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : struct, IVector<V> => V.Fma(V.Create((float)a), x, V.Create((float)b));

    public double Apply(double x) => Math.FusedMultiplyAdd(a, x, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => V.Create((float)a) * dy;

    public double Backward(double x, double y, double dy) => a * dy;
}
