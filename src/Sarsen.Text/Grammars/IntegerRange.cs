using System.Numerics;

namespace Sarsen.Text.Grammars;

/// <summary>
/// Integers within bounds, digit by digit: where all digits so far are those of a bound, the next is held by it, else it is
/// free. Numbers have no zeros in front and at most <see cref="JsonRules.Digits"/> digits where they are unbounded.
/// </summary>
internal static class IntegerRange
{
    private static readonly BigInteger Largest = BigInteger.Pow(10, JsonRules.Digits) - 1;

    /// <returns>Null where there is no integer within the bounds.</returns>
    public static Expression? Of(BigInteger? min, BigInteger? max)
    {
        BigInteger low = min ?? -BigInteger.Max(Largest, -(max ?? 0)), high = max ?? BigInteger.Max(Largest, min ?? 0);
        var parts = new List<Expression>();
        if (low < 0 && low <= high)
            parts.Add(new Sequence([Expression.Literal("-"), Naturals(high < 0 ? -high : 1, -low)]));
        if (high >= 0 && low <= high)
            parts.Add(Naturals(BigInteger.Max(low, 0), high));
        return parts.Count == 0 ? null : new Choice(parts);
    }

    /// <summary>0 &lt;= low &lt;= high.</summary>
    public static Expression Naturals(BigInteger low, BigInteger high)
    {
        var lengths = new List<Expression>();
        string first = low.ToString(), last = high.ToString();
        for (int length = first.Length; length <= last.Length; length++)
        {
            string from = length == first.Length ? first : "1" + new string('0', length - 1);
            string to = length == last.Length ? last : new string('9', length);
            lengths.Add(Between(from, to));
        }
        return new Choice(lengths);
    }

    // Digits of the same count.
    private static Expression Between(string from, string to)
    {
        int free = from.Length;
        while (free > 0 && from[free - 1] == '0' && to[free - 1] == '9')
            free--;
        Expression rest = new Repeat(JsonRules.Digit, from.Length - free, from.Length - free);
        if (free == 0)
            return rest;
        if (from[0] == to[0])
            return new Sequence([Expression.Literal(from[..1]), Between(from[1..], to[1..])]);
        if (free == 1)
            return new Sequence([Range(from[0], to[0]), rest]);
        var parts = new List<Expression>
        {
            new Sequence([Expression.Literal(from[..1]), Between(from[1..], new string('9', from.Length - 1))]),
            new Sequence([Expression.Literal(to[..1]), Between(new string('0', to.Length - 1), to[1..])]),
        };
        if (to[0] - from[0] > 1)
            parts.Add(new Sequence([Range((char)(from[0] + 1), (char)(to[0] - 1)), new Repeat(JsonRules.Digit, from.Length - 1, from.Length - 1)]));
        return new Choice(parts);
    }

    private static Scalar Range(char first, char last) => new(new ScalarSet([(first, last)]));
}
