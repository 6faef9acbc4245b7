namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Functions of one f64, of additions, products, divisions and square roots alone, so that their bits are equal on all
/// platforms, which those of the C library are not; and those which the BCL does not have.
/// </summary>
internal static class Wide
{
    private static ReadOnlySpan<ulong> InverseTwoPi => [0x28BE60DB9391054A, 0x7F09D5F47D4D3770, 0x36D8A5664F10E410, 0x7F9458EAF7AEF158];

    /// <summary>ln x for normal positive x: x = 2^e m, ln m = 2 artanh s, s = (m - 1) / (m + 1), |s| ≤ 0.172.</summary>
    public static double Log(double x)
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

    /// <summary>e^x for |x| ≤ 700: x = n ln 2 + r, Taylor series of r / 2 squared.</summary>
    public static double Exp(double x)
    {
        double n = Math.Floor(x * 1.4426950408889634 + 0.5);
        double r = (x - n * 0.693147180369123816490 - n * 1.90821492927058770002e-10) * 0.5, p = 1;
        // |r| ≤ 0.174; r^13 / 13! is below 2^-65.
        for (int k = 12; k >= 1; k--)
            p = 1 + p * r / k;
        return p * p * BitConverter.Int64BitsToDouble((long)n + 1023 << 52);
    }

    /// <summary>e^x - 1 for x ≤ 0, in additions, products and divisions alone: near zero its Taylor series.</summary>
    public static double ExactExpm1(double x)
    {
        if (x < -0.25)
            return Exp(Math.Max(x, -700)) - 1;
        double sum = 1;
        // |x|^15 / 15! is below 2^-70.
        for (int k = 15; k >= 2; k--)
            sum = 1 + sum * x / k;
        return x * sum;
    }

    /// <summary>ln(e^a + e^b), -∞ being the logarithm of nothing.</summary>
    public static double LogAdd(double a, double b)
    {
        if (double.IsNaN(a + b))
            return double.NaN;
        (double high, double low) = a > b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(low) || high - low > 40 ? high : high + Log(1 + Exp(low - high));
    }

    /// <summary>xⁿ for n ≥ 0 by repeated squaring: the library's powers differ between platforms.</summary>
    public static double Power(double x, long n)
    {
        double power = 1;
        for (; n > 0; n >>= 1, x *= x)
            power = (n & 1) != 0 ? power * x : power;
        return power;
    }

    /// <summary>The angle of finite x in turns, modulo one, times 2^64.</summary>
    public static ulong TurnOf(float x)
    {
        int bits = BitConverter.SingleToInt32Bits(x), exponent = (bits >> 23 & 0xFF) - 150;
        ulong mantissa = (uint)(bits & 0x7FFFFF | 0x800000);
        // x / 2π = mantissa · 2^exponent · 0.(256 bits): bits left of the point are whole turns and fall away.
        int skip = Math.Max(0, exponent);
        (int word, int bit) = (skip / 64, skip % 64);
        ulong high = Window(word, bit), low = Window(word + 1, bit);
        ulong turn = unchecked(mantissa * high) + Math.BigMul(mantissa, low, out _);
        if (exponent < 0)
        {
            ulong whole = Math.BigMul(mantissa, high, out ulong part);
            ulong carry = part > turn ? 1UL : 0;
            turn = turn >> -exponent | (whole + carry) << 64 + exponent;
        }
        return bits < 0 ? 0 - turn : turn;
    }

    /// <summary>sin(2π turn / 2^64), by the Taylor series in the nearest quarter turn.</summary>
    public static double SinTurn(ulong turn)
    {
        ulong quarter = unchecked(turn + (1UL << 61)) >> 62;
        double x = (long)unchecked(turn - (quarter << 62)) * (Math.PI / (1UL << 63)), t = x * x, sum = 1;
        // |x| ≤ π/4: x^19 / 19! is below 2^-62.
        int odd = (int)(1 - (quarter & 1));
        for (int k = 8; k >= 1; k--)
            sum = 1 - t / ((2 * k - 1 + odd) * (2 * k + odd)) * sum;
        sum = odd == 1 ? x * sum : sum;
        return quarter >= 2 ? -sum : sum;
    }

    /// <summary>
    /// a^b for a and b that are f32 values and a result that is rounded to f32, by IEEE 754's rules for special values.
    /// </summary>
    public static double Pow(double a, double b)
    {
        if (b == 0 || a == 1)
            return 1;
        if (double.IsNaN(a) || double.IsNaN(b))
            return double.NaN;
        double size = Math.Abs(a), magnitude;
        if (double.IsInfinity(b))
            magnitude = size == 1 ? 1 : size > 1 == b > 0 ? double.PositiveInfinity : 0;
        else if (size == 0 || double.IsInfinity(size))
            magnitude = size == 0 == b > 0 ? 0 : double.PositiveInfinity;
        else
            magnitude = Exp(Math.Clamp(b * Log(size), -700, 700));
        if (!double.IsNegative(a) || double.IsInfinity(b))
            return magnitude;
        bool whole = Math.Floor(b) == b, odd = whole && Math.Abs(b) < 1 << 24 && ((long)b & 1) != 0;
        return odd ? -magnitude : whole || size == 0 || double.IsInfinity(size) ? magnitude : double.NaN;
    }

    public static double Sigmoid(double x)
    {
        double z = Math.Exp(-Math.Abs(x));
        return (x < 0 ? z : 1) / (1 + z);
    }

    /// <summary>e^x - 1 as tanh(x/2) · (e^x + 1), which does not cancel.</summary>
    public static double Expm1(double x) => Math.Abs(x) < 0.5 ? Math.Tanh(x / 2) * (Math.Exp(x) + 1) : Math.Exp(x) - 1;

    /// <summary>ln(1 + x): Kahan's correction of the rounding in 1 + x.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsPositiveInfinity(u) ? x : Math.Log(u) * (x / (u - 1));
    }

    /// <summary>erf x by its series up to 3, by Lentz's continued fraction of erfc beyond.</summary>
    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (!(size > 3))
        {
            double term = x, sum = x;
            for (int k = 1; k < 60; k++)
            {
                term *= -x * x / k;
                sum += term / (2 * k + 1);
            }
            return 2 / Math.Sqrt(Math.PI) * sum;
        }
        return Math.CopySign(1 - UpperTail(size), x);
    }

    /// <summary>Φ(x), the standard normal's distribution function.</summary>
    public static double NormalCdf(double x)
    {
        double t = x / Math.Sqrt(2);
        return t < -3 ? 0.5 * UpperTail(-t) : 0.5 * (1 + Erf(t));
    }

    // erfc t = e^(-t²) / √π · 1 / (t + 1/2 / (t + 1 / (t + 3/2 / (t + …)))), t ≥ 3.
    private static double UpperTail(double t)
    {
        double fraction = t;
        for (int k = 60; k >= 1; k--)
            fraction = t + k * 0.5 / fraction;
        return Math.Exp(-t * t) / Math.Sqrt(Math.PI) / fraction;
    }

    // 64 bits of 1 / 2π from bit 64·word + bit on.
    private static ulong Window(int word, int bit) =>
        bit == 0 ? InverseTwoPi[word] : InverseTwoPi[word] << bit | InverseTwoPi[word + 1] >> 64 - bit;
}
