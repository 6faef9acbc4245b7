namespace Sarsen.Tensors;

/// <summary>
/// Two uniform words into two independent standard normals: r = √(-2 ln u), (r cos 2πv, r sin 2πv), in f64.
/// Own logarithm, sine and cosine of additions, products and one division, since those of the C library differ between
/// platforms and the same seed must give the same bits on all. Source: Box, Muller, Ann. Math. Statist. 29 (1958).
/// </summary>
public static class BoxMuller
{
    /// <param name="u">Radius: (u + 1/2) 2^-32, never zero.</param>
    /// <param name="v">Angle: v 2^-32 of a turn.</param>
    public static (double Even, double Odd) Pair(uint u, uint v)
    {
        double r = Math.Sqrt(-2 * Log((u + 0.5) * (1.0 / (1L << 32))));
        (double sin, double cos) = SinCosTurn(v);
        return (r * cos, r * sin);
    }

    /// <summary>ln x for normal positive x: x = 2^e m, ln m = 2 artanh s, s = (m - 1) / (m + 1), |s| ≤ 0.172.</summary>
    internal static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int e = (int)(bits >> 52) - 1023;
        double m = BitConverter.Int64BitsToDouble(bits & 0xFFFFFFFFFFFFF | 0x3FF0000000000000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            e++;
        }
        double s = (m - 1) / (m + 1), t = s * s, sum = 0;
        // The series of artanh; t^11 / 23 is below 2^-58.
        for (int k = 21; k >= 3; k -= 2)
            sum = (sum + 1.0 / k) * t;
        return e * 0.6931471805599453 + 2 * (s + s * sum);
    }

    /// <summary>Sine and cosine of 2π v / 2^32, by the Taylor series in the nearest quarter turn, |x| ≤ π/4.</summary>
    internal static (double Sin, double Cos) SinCosTurn(uint v)
    {
        uint quarter = unchecked(v + (1u << 29)) >> 30;
        double x = (int)unchecked(v - (quarter << 30)) * (Math.PI / (1L << 31)), t = x * x;
        double sin = 1, cos = 1;
        // x^19 / 19! is below 2^-62.
        for (int k = 8; k >= 1; k--)
        {
            sin = 1 - t / ((2 * k) * (2 * k + 1)) * sin;
            cos = 1 - t / ((2 * k - 1) * (2 * k)) * cos;
        }
        sin *= x;
        return quarter switch { 0 => (sin, cos), 1 => (cos, -sin), 2 => (-sin, -cos), _ => (-cos, sin) };
    }
}
