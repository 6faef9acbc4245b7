using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Huber's error with d = a - b: d²/2 where |d| ≤ δ, else δ (|d| - δ/2), as torch.nn.HuberLoss; da = clamp(d, -δ, δ) dy, db = -da.
/// </summary>
public readonly struct HuberError(double delta) : IBinaryOp
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public V Apply<V>(V a, V b) where V : struct, IVector<V>
    {
        V size = Lanes.Abs(a - b), edge = V.Create((float)delta), half = V.Create(0.5f);
        return V.Select(V.LessOrEqual(size, edge), half * size * size, edge * (size - half * edge));
    }

    public double Apply(double a, double b) => Math.Abs(a - b) <= delta ? 0.5 * (a - b) * (a - b) : delta * (Math.Abs(a - b) - 0.5 * delta);

    [MethodImpl(Inline)]
    public V BackwardA<V>(V a, V b, V dy) where V : struct, IVector<V> => Lanes.AtMost(Lanes.AtLeast(a - b, (float)-delta), (float)delta) * dy;

    public double BackwardA(double a, double b, double dy) => Math.Clamp(a - b, -delta, delta) * dy;

    [MethodImpl(Inline)]
    public V BackwardB<V>(V a, V b, V dy) where V : struct, IVector<V> => Lanes.AtMost(Lanes.AtLeast(b - a, (float)-delta), (float)delta) * dy;

    public double BackwardB(double a, double b, double dy) => Math.Clamp(b - a, -delta, delta) * dy;
}
