using Sarsen.Text.Templates.Syntax;

namespace Sarsen.Text.Templates.Values;

/// <summary>
/// Operators on numbers, texts and lists by Python's rules: <c>/</c> gives a float, <c>//</c> and <c>%</c> round down.
/// Integers have 64 bits, and beyond is an error. A text plus a value that is none takes its text, as @huggingface/jinja does.
/// </summary>
internal static class Arithmetic
{
    public static double Real(object? value) => value switch
    {
        long n => n,
        double d => d,
        bool b => b ? 1 : 0,
        _ => throw new InvalidOperationException("no number"),
    };

    public static bool IsNumber(object? value) => value is long or double or bool;

    public static object? Apply(Rendering rendering, BinaryOperator op, object? a, object? b)
    {
        if (op == BinaryOperator.Concatenate)
            return Join(rendering, ValueText.Of(rendering, a), ValueText.Of(rendering, b));
        if (IsNumber(a) && IsNumber(b))
        {
            try
            {
                return a is double || b is double ? Reals(rendering, op, Real(a), Real(b)) : Integers(rendering, op, Integer(a), Integer(b));
            }
            catch (OverflowException)
            {
                throw rendering.Fail($"the result of {Sign(op)} is beyond 64 bits");
            }
        }
        switch (op, a, b)
        {
            case (BinaryOperator.Add, ListValue x, ListValue y):
                rendering.Charge((long)x.Items.Count + y.Items.Count);
                return new ListValue([.. x.Items, .. y.Items], x.IsTuple && y.IsTuple);
            case (BinaryOperator.Add, string, { }) when b is not Undefined:
            case (BinaryOperator.Add, { }, string) when a is not Undefined:
                return Join(rendering, ValueText.Of(rendering, a), ValueText.Of(rendering, b));
            case (BinaryOperator.Multiply, string text, long count):
                return Repeat(rendering, text, count);
            case (BinaryOperator.Multiply, long count, string text):
                return Repeat(rendering, text, count);
            case (BinaryOperator.Multiply, ListValue list, long count):
                count = Math.Clamp(count, 0, int.MaxValue);
                rendering.Charge(count * list.Items.Count);
                return new ListValue(Enumerable.Repeat(list.Items, list.Items.Count == 0 ? 0 : (int)count).SelectMany(i => i), list.IsTuple);
            default:
                throw rendering.Fail($"{Sign(op)} does not take {Value.TypeName(a)} and {Value.TypeName(b)}");
        }
    }

    public static object Sign(Rendering rendering, bool negative, object? value) => value switch
    {
        long.MinValue when negative => throw rendering.Fail("the result of - is beyond 64 bits"),
        // Boxed each: the arms' common type would make floats of all.
        long n => (object)(negative ? -n : n),
        double d => negative ? -d : d,
        bool b => b ? (negative ? -1L : 1L) : 0L,
        _ => throw rendering.Fail($"a sign needs a number, not {Value.TypeName(value)}"),
    };

    public static string Join(Rendering rendering, string a, string b)
    {
        rendering.Charge((long)a.Length + b.Length);
        return a + b;
    }

    private static string Repeat(Rendering rendering, string text, long count)
    {
        count = Math.Clamp(count, 0, int.MaxValue);
        rendering.Charge(count * text.Length);
        return string.Concat(Enumerable.Repeat(text, text.Length == 0 ? 0 : (int)count));
    }

    private static long Integer(object? value) => value is bool b ? (b ? 1 : 0) : (long)value!;

    private static object Integers(Rendering rendering, BinaryOperator op, long a, long b)
    {
        if (b == 0 && op is BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Remainder)
            throw rendering.Fail("division by zero");
        return op switch
        {
            BinaryOperator.Add => checked(a + b),
            BinaryOperator.Subtract => checked(a - b),
            BinaryOperator.Multiply => checked(a * b),
            BinaryOperator.Divide => (double)a / b,
            // The one quotient beyond 64 bits overflows in the negation too.
            BinaryOperator.FloorDivide => b == -1 ? checked(-a) : (a / b) - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0),
            BinaryOperator.Remainder => b == -1 ? 0L : a % b is var r && r != 0 && (r < 0) != (b < 0) ? r + b : a % b,
            _ => b < 0 ? Math.Pow(a, b) : IntegerPower(a, b),
        };
    }

    private static object IntegerPower(long a, long b)
    {
        long power = 1;
        // What squares to itself would let the loop run over all of b.
        if (a is 0 or 1 or -1)
            return b == 0 ? 1L : a == -1 && b % 2 == 0 ? 1L : a;
        for (; b > 0; b--)
            power = checked(power * a);
        return power;
    }

    private static object Reals(Rendering rendering, BinaryOperator op, double a, double b)
    {
        if (b == 0 && op is BinaryOperator.Divide or BinaryOperator.FloorDivide or BinaryOperator.Remainder)
            throw rendering.Fail("division by zero");
        return op switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            BinaryOperator.Divide => a / b,
            BinaryOperator.FloorDivide => Math.Floor(a / b),
            BinaryOperator.Remainder => a - (Math.Floor(a / b) * b),
            _ => Math.Pow(a, b),
        };
    }

    private static string Sign(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.FloorDivide => "//",
        BinaryOperator.Remainder => "%",
        BinaryOperator.Power => "**",
        _ => "~",
    };
}
