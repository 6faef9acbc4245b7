using System.Numerics;

namespace Sarsen.Text.Grammars;

/// <summary>
/// Numbers within whole bounds, with a fraction of up to 16 digits and without an exponent: between the bounds any fraction
/// may follow the integer, at a bound only what keeps it.
/// </summary>
internal static class NumberRange
{
    private static readonly Expression AnyFraction = Expression.Optional(JsonRules.Fraction);
    private static readonly Expression NoFraction = Expression.Optional(new Sequence([Expression.Literal("."), new Repeat(Expression.Literal("0"), 1, JsonRules.Digits)]));

    private static readonly Expression SomeFraction = new Sequence(
    [
        Expression.Literal("."), new Repeat(Expression.Literal("0"), 0, JsonRules.Digits - 1),
        new Scalar(new ScalarSet([('1', '9')])), new Repeat(JsonRules.Digit, 0, JsonRules.Digits - 1),
    ]);

    /// <param name="min">The lower bound; null for none.</param>
    /// <param name="aboveMin">Whether the bound itself is out.</param>
    /// <param name="max">The upper bound; null for none.</param>
    /// <param name="belowMax">Whether the bound itself is out.</param>
    public static Expression Of(BigInteger? min, bool aboveMin, BigInteger? max, bool belowMax)
    {
        var parts = new List<Expression>();
        if (max is null || max >= 0)
        {
            bool atMin = min >= 0;
            Add(parts, "", atMin ? min!.Value : 0, atMin && aboveMin, max, belowMax);
        }
        if (min is null || min < 0)
        {
            bool atMax = max < 0;
            // Without an upper bound below zero, zero itself is left to the numbers without a sign.
            Add(parts, "-", atMax ? -max!.Value : 0, !atMax || belowMax, -min, aboveMin);
        }
        return new Choice(parts);
    }

    private static void Add(List<Expression> parts, string sign, BigInteger low, bool aboveLow, BigInteger? high, bool belowHigh)
    {
        BigInteger last = high ?? BigInteger.Max(BigInteger.Pow(10, JsonRules.Digits), low + 1);
        belowHigh |= high is null;
        if (low > last)
            return;
        if (low == last)
        {
            if (!aboveLow && !belowHigh)
                parts.Add(new Sequence([Expression.Literal(sign + low), NoFraction]));
            return;
        }
        parts.Add(new Sequence([Expression.Literal(sign + low), aboveLow ? SomeFraction : AnyFraction]));
        if (low + 1 < last)
            parts.Add(new Sequence([Expression.Literal(sign), IntegerRange.Naturals(low + 1, last - 1), AnyFraction]));
        if (!belowHigh)
            parts.Add(new Sequence([Expression.Literal(sign + last), NoFraction]));
    }
}
