namespace Sarsen.Data.Statistics;

/// <summary>
/// Quantiles of any number of values: exact up to <see cref="ExactLimit"/>, above it those of a uniform sample of that
/// size (Vitter's algorithm R) whose choice follows from the values' order alone. A quantile at q lies at
/// <c>q·(n − 1)</c> among the sorted values, linearly between neighbours: numpy's default.
/// </summary>
internal sealed class QuantileSample
{
    public const int ExactLimit = 1 << 16;

    private const ulong Seed = 0x5A75E2;

    private double[] _values = new double[256];
    private long _count;

    public bool IsExact => _count <= ExactLimit;

    public void Add(double value)
    {
        long i = _count++;
        if (i >= ExactLimit)
        {
            i = (long)Math.BigMul(Hash64.Of(Seed + (ulong)i), (ulong)_count, out _);
            if (i >= ExactLimit)
                return;
        }
        else if (i == _values.Length)
        {
            Array.Resize(ref _values, 2 * _values.Length);
        }
        _values[i] = value;
    }

    /// <summary>The quartiles; null without values.</summary>
    public Quartiles? Quartiles()
    {
        if (_count == 0)
            return null;
        double[] sorted = _values[..(int)Math.Min(_count, ExactLimit)];
        Array.Sort(sorted);
        return new Quartiles(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75), IsExact);
    }

    private static double At(double[] sorted, double quantile)
    {
        double place = quantile * (sorted.Length - 1);
        int low = (int)place, high = Math.Min(low + 1, sorted.Length - 1);
        return sorted[low] + (place - low) * (sorted[high] - sorted[low]);
    }
}
