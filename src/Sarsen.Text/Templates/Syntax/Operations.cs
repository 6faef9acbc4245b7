using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Syntax;

internal enum BinaryOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Concatenate,
}

internal sealed class Binary(int offset, BinaryOperator op, Expression left, Expression right) : Expression(offset)
{
    public override int Height { get; } = Over(left, right);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? a = left.Evaluate(rendering, scope);
        object? b = right.Evaluate(rendering, scope);
        rendering.Step(Offset);
        return Arithmetic.Apply(rendering, op, a, b);
    }
}

/// <summary><c>-x</c> and <c>+x</c>.</summary>
internal sealed class Signed(int offset, bool negative, Expression operand) : Expression(offset)
{
    public override int Height { get; } = Over(operand);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? value = operand.Evaluate(rendering, scope);
        rendering.Step(Offset);
        return Arithmetic.Sign(rendering, negative, value);
    }
}

internal sealed class Not(int offset, Expression operand) : Expression(offset)
{
    public override int Height { get; } = Over(operand);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        return !Value.IsTrue(operand.Evaluate(rendering, scope));
    }
}

/// <summary><c>and</c> and <c>or</c>: the operand that decided, and none after it is evaluated.</summary>
internal sealed class Logical(int offset, bool isAnd, Expression left, Expression right) : Expression(offset)
{
    public override int Height { get; } = Over(left, right);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        object? value = left.Evaluate(rendering, scope);
        return Value.IsTrue(value) == isAnd ? right.Evaluate(rendering, scope) : value;
    }
}

internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

/// <summary><c>a &lt; b == c</c>: each neighbouring pair must hold.</summary>
internal sealed class Comparison(int offset, Expression first, (ComparisonOperator Op, Expression Operand)[] rest) : Expression(offset)
{
    public override int Height { get; } = Over([first, .. rest.Select(r => r.Operand)]);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        object? left = first.Evaluate(rendering, scope);
        foreach ((ComparisonOperator op, Expression operand) in rest)
        {
            object? right = operand.Evaluate(rendering, scope);
            rendering.Step(Offset);
            if (!Ordering.Holds(rendering, op, left, right))
                return false;
            left = right;
        }
        return true;
    }
}

/// <summary><c>a if condition else b</c>; without else, undefined.</summary>
internal sealed class Conditional(int offset, Expression condition, Expression then, Expression? otherwise) : Expression(offset)
{
    private static readonly Undefined Nothing = new("the value of an if without else");

    public override int Height { get; } = Over(condition, then, otherwise);

    public override object? Evaluate(Rendering rendering, Scope scope)
    {
        rendering.Step(Offset);
        if (Value.IsTrue(condition.Evaluate(rendering, scope)))
            return then.Evaluate(rendering, scope);
        return otherwise is null ? Nothing : otherwise.Evaluate(rendering, scope);
    }
}
