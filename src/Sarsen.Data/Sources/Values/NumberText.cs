using System.Globalization;
using System.Runtime.CompilerServices;

namespace Sarsen.Data.Sources.Values;

/// <summary>
/// Decimal numbers from text: <c>[+-]digits[.digits][e[+-]digits]</c>, where one side of the point may be empty. The
/// result is the nearest double. Where the digits fit 53 bits and the power of ten is at most 22 both are exact, so one
/// division or product rounds once (Clinger, «How to read floating point numbers accurately», PLDI 1990); all else is
/// left to <see cref="double.TryParse(ReadOnlySpan{byte}, NumberStyles, IFormatProvider, out double)"/>.
/// </summary>
internal static class NumberText
{
    private static readonly double[] PowersOfTen =
        [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    /// <summary>Parses all of <paramref name="text"/>; infinite where the number is beyond the range of a double.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, byte decimalPoint, out double value)
    {
        int i = 0;
        bool negative = false;
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+')
        {
            negative = text[0] == '-';
            i = 1;
        }
        ulong digits = 0;
        int start = i, fraction = 0;
        for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
            digits = digits * 10 + (uint)(text[i] - '0');
        int count = i - start;
        if (i < text.Length && text[i] == decimalPoint)
        {
            int first = ++i;
            for (; i < text.Length && (uint)(text[i] - '0') <= 9; i++)
                digits = digits * 10 + (uint)(text[i] - '0');
            fraction = i - first;
            count += fraction;
        }
        if (i == text.Length && count is > 0 and <= 18 && digits <= 1UL << 53 && fraction <= 22)
        {
            value = digits / PowersOfTen[fraction];
            value = negative ? -value : value;
            return true;
        }
        if (count == 0)
        {
            value = 0;
            return false;
        }
        return TryParseRest(text, i, decimalPoint, out value);
    }

    /// <summary>Words for what is no number: NaN and the infinities, with or without a sign, in any case.</summary>
    public static bool TryParseNonFinite(ReadOnlySpan<byte> text, out double value)
    {
        ReadOnlySpan<byte> word = text.Length > 0 && text[0] is (byte)'-' or (byte)'+' ? text[1..] : text;
        value = Ascii.Is(word, "nan") ? double.NaN
            : Ascii.Is(word, "inf") || Ascii.Is(word, "infinity") ? double.PositiveInfinity
            : 0;
        if (text.Length > 0 && text[0] == '-')
            value = -value;
        return value != 0;
    }

    // Exponents, long digits, and what is no number.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryParseRest(ReadOnlySpan<byte> text, int i, byte decimalPoint, out double value)
    {
        value = 0;
        if (i < text.Length)
        {
            if (text[i] is not ((byte)'e' or (byte)'E'))
                return false;
            i += i + 1 < text.Length && text[i + 1] is (byte)'-' or (byte)'+' ? 2 : 1;
            if (i == text.Length || text[i..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
                return false;
        }
        if (decimalPoint == '.')
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
        Span<byte> copy = text.Length <= 256 ? stackalloc byte[text.Length] : new byte[text.Length];
        text.CopyTo(copy);
        copy.Replace(decimalPoint, (byte)'.');
        return double.TryParse(copy, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
