using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An exponential moving average of g: p ← p + (1 - decay) (g - p). No states.</summary>
public readonly struct AverageStep(double decay) : IOptimizerStep
{
    private readonly float _newF = (float)(1 - decay);

    public int States => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V p, V g, ref V a, ref V b, ref V c) where V : struct, IVector<V> => V.Fma(V.Create(_newF), g - p, p);

    public double Step(double p, double g, ref double a, ref double b, ref double c) => p + (1 - decay) * (g - p);
}
