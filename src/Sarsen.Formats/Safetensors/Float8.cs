namespace Sarsen.Formats;

/// <summary>
/// The 8-bit floats of the safetensors format, each of its 256 patterns as f32, exactly. Sign, e bits of exponent, m bits of
/// mantissa: ± 2^(exponent - bias) · (1 + mantissa / 2^m), and without the 1 and one exponent higher where the exponent is 0.
/// </summary>
/// <remarks>
/// E5M2 has infinities and NaNs as IEEE 754's formats do; E4M3 has no infinity, and NaN where all bits but the sign are set;
/// the FNUZ forms have one NaN in the place of -0. E8M0 is a power of two, 2^(x - 127), and 255 is NaN.
/// Source: OCP 8-bit Floating Point Specification 1.0; OCP Microscaling Formats 1.0, section 5.4.1; for FNUZ, Noune et al.,
/// "8-bit Numerical Formats for Deep Neural Networks", arXiv:2206.02915.
/// </remarks>
internal static class Float8
{
    private static readonly Dictionary<string, float[]> s_tables = new(StringComparer.Ordinal)
    {
        ["F8_E4M3"] = Table(x => (x & 0x7F) == 0x7F ? float.NaN : Value(x, 3, 7)),
        ["F8_E5M2"] = Table(x => (x & 0x7C) != 0x7C ? Value(x, 2, 15) : (x & 3) != 0 ? float.NaN : x < 0x80 ? float.PositiveInfinity : float.NegativeInfinity),
        ["F8_E4M3FNUZ"] = Table(x => x == 0x80 ? float.NaN : Value(x, 3, 8)),
        ["F8_E5M2FNUZ"] = Table(x => x == 0x80 ? float.NaN : Value(x, 2, 16)),
        ["F8_E8M0"] = Table(x => x == 0xFF ? float.NaN : (float)Math.ScaleB(1.0, x - 127)),
    };

    /// <summary>The 256 values of the type of that word; null for other types.</summary>
    public static float[]? Values(string word) => s_tables.GetValueOrDefault(word);

    private static float[] Table(Func<int, float> value) => [.. Enumerable.Range(0, 256).Select(value)];

    private static float Value(int bits, int mantissaBits, int bias)
    {
        int exponent = (bits & 0x7F) >> mantissaBits, mantissa = bits & ((1 << mantissaBits) - 1);
        double size = exponent == 0
            ? Math.ScaleB(mantissa, 1 - bias - mantissaBits)
            : Math.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return (float)((bits & 0x80) == 0 ? size : -size);
    }
}
