using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A reduction: lanes take elements one after the other, lanes and stretches are joined in f64. <c>shift</c> is a value
/// of the output element, the mean for a variance; most ignore it.
/// </summary>
public interface IReducer
{
    /// <summary>What leaves every x as it is.</summary>
    double Start { get; }

    V Step<V>(V sum, V x, V shift) where V : struct, IVector<V>;

    double Step(double sum, double x, double shift);

    /// <summary>Joins what two stretches, or two lanes, came to.</summary>
    double Join(double a, double b);

    /// <summary>The lanes joined by the fixed tree.</summary>
    double Join<V>(V lanes) where V : struct, IVector<V>;

    /// <summary>Are lanes and stretches joined by addition.</summary>
    bool Adds { get; }
}

/// <summary>Σ x.</summary>
public readonly struct SumOf : IReducer
{
    public double Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V> => sum + x;

    public double Step(double sum, double x, double shift) => sum + x;

    public double Join(double a, double b) => a + b;

    public double Join<V>(V lanes) where V : struct, IVector<V> => V.Sum(lanes);

    public bool Adds => true;
}

/// <summary>Σ (x - shift)², the sum of squares where the shift is 0.</summary>
public readonly struct SquaresOf : IReducer
{
    public double Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V>
    {
        V d = x - shift;
        return V.Fma(d, d, sum);
    }

    public double Step(double sum, double x, double shift) => sum + (x - shift) * (x - shift);

    public double Join(double a, double b) => a + b;

    public double Join<V>(V lanes) where V : struct, IVector<V> => V.Sum(lanes);

    public bool Adds => true;
}

/// <summary>Σ |x|.</summary>
public readonly struct AbsoluteSumOf : IReducer
{
    public double Start => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V> => sum + Lanes.Abs(x);

    public double Step(double sum, double x, double shift) => sum + Math.Abs(x);

    public double Join(double a, double b) => a + b;

    public double Join<V>(V lanes) where V : struct, IVector<V> => V.Sum(lanes);

    public bool Adds => true;
}

/// <summary>The greatest; NaN where any is NaN.</summary>
public readonly struct MaximumOf : IReducer
{
    public double Start => double.NegativeInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V> => Lanes.Max(sum, x);

    public double Step(double sum, double x, double shift) => Math.Max(sum, x);

    public double Join(double a, double b) => Math.Max(a, b);

    public double Join<V>(V lanes) where V : struct, IVector<V> => Lanes.MaxOf(lanes);

    public bool Adds => false;
}

/// <summary>The least; NaN where any is NaN.</summary>
public readonly struct MinimumOf : IReducer
{
    public double Start => double.PositiveInfinity;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V> => Lanes.Min(sum, x);

    public double Step(double sum, double x, double shift) => Math.Min(sum, x);

    public double Join(double a, double b) => Math.Min(a, b);

    public double Join<V>(V lanes) where V : struct, IVector<V> => -Lanes.MaxOf(Lanes.Negate(lanes));

    public bool Adds => false;
}

/// <summary>∏ x.</summary>
public readonly unsafe struct ProductOf : IReducer
{
    public double Start => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Step<V>(V sum, V x, V shift) where V : struct, IVector<V> => sum * x;

    public double Step(double sum, double x, double shift) => sum * x;

    public double Join(double a, double b) => a * b;

    public double Join<V>(V lanes) where V : struct, IVector<V>
    {
        float* x = stackalloc float[16];
        lanes.Store(x);
        double product = 1;
        for (int i = 0; i < 16; i++)
            product *= x[i];
        return product;
    }

    public bool Adds => false;
}
