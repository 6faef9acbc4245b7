using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>y = a x, dx = a dy: gradient clipping by norm is this with a = max / norm, over <see cref="SquaresOf"/> of all gradients.</summary>
public readonly struct Scale(float factor) : IUnaryOp
{
    public static bool BackwardNeedsX => false;

    public static bool BackwardNeedsY => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Apply<V>(V x) where V : struct, IVector<V> => x * V.Create(factor);

    public double Apply(double x) => x * factor;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Backward<V>(V x, V y, V dy) where V : struct, IVector<V> => dy * V.Create(factor);

    public double Backward(double x, double y, double dy) => dy * factor;
}
