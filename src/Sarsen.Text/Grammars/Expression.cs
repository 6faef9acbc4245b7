using System.Text;

namespace Sarsen.Text.Grammars;

/// <summary>What a grammar's rules are made of: all sources are read to this, and the automaton is built from it.</summary>
internal abstract record Expression
{
    public static Expression Empty { get; } = new Sequence([]);

    public static Expression Literal(string text) => new Bytes(Encoding.UTF8.GetBytes(text));

    public static Expression Optional(Expression item) => new Repeat(item, 0, 1);

    public static Expression Many(Expression item) => new Repeat(item, 0, null);
}

/// <summary>These bytes.</summary>
internal sealed record Bytes(byte[] Value) : Expression;

/// <summary>One Unicode scalar of a set, as UTF-8.</summary>
internal sealed record Scalar(ScalarSet Set) : Expression;

internal sealed record Sequence(IReadOnlyList<Expression> Items) : Expression;

internal sealed record Choice(IReadOnlyList<Expression> Items) : Expression;

/// <summary>At least <paramref name="Min"/> times, at most <paramref name="Max"/> times; null is without end.</summary>
internal sealed record Repeat(Expression Item, int Min, int? Max) : Expression;

/// <summary>Another rule, by its name.</summary>
internal sealed record Reference(string Rule) : Expression;

/// <summary>
/// Items in order with a separator between those that are there; some may be left out, and <paramref name="More"/> may
/// follow any number of times. One node, because each item must stand once in the automaton though it may be first or not.
/// </summary>
internal sealed record Listing(IReadOnlyList<(Expression Item, bool Required)> Items, Expression Separator, Expression? More) : Expression;
