namespace Sarsen.Text.Grammars;

/// <summary>
/// JSON as rules. White space may stand after brackets, commas and colons and before them: one space, or a line end with up
/// to twenty blanks, so that a model cannot write blanks without end. Numbers have up to 16 digits in each part. Texts have
/// no escapes of surrogates, so each character or escape is one Unicode scalar. Source: RFC 8259.
/// </summary>
internal static class JsonRules
{
    public const string Value = "json-value", Object = "json-object", Array = "json-array", Text = "json-text", Number = "json-number";
    public const int Digits = 16;

    private static readonly Expression Hex = new Scalar(new ScalarSet([('0', '9'), ('a', 'f'), ('A', 'F')]));

    /// <summary>Characters of a text that stand for themselves.</summary>
    public static ScalarSet PlainSet { get; } = new ScalarSet([(0, 0x1F), ('"', '"'), ('\\', '\\'), (0x7F, 0x7F)]).Complement();

    public static Expression Space { get; } = Expression.Optional(new Choice(
        [Expression.Literal(" "), new Sequence([Expression.Literal("\n"), new Repeat(new Scalar(ScalarSet.Of(" \t")), 0, 20)])]));

    public static Expression Comma { get; } = new Sequence([Space, Expression.Literal(","), Space]);

    public static Expression Colon { get; } = new Sequence([Space, Expression.Literal(":"), Space]);

    /// <summary>A character of a text, or an escape.</summary>
    public static Expression Character { get; } = new Choice(
    [
        new Scalar(PlainSet),
        new Sequence([Expression.Literal("\\"), new Choice(
        [
            new Scalar(ScalarSet.Of("\"\\/bfnrt")),
            new Sequence([Expression.Literal("u"), new Choice(
            [
                new Sequence([new Scalar(new ScalarSet([('0', '9'), ('A', 'C'), ('E', 'F'), ('a', 'c'), ('e', 'f')])), Hex, Hex, Hex]),
                new Sequence([new Scalar(ScalarSet.Of("dD")), new Scalar(new ScalarSet([('0', '7')])), Hex, Hex]),
            ])]),
        ])]),
    ]);

    public static Expression Digit { get; } = new Scalar(new ScalarSet([('0', '9')]));

    public static Expression Natural { get; } = new Choice(
        [Expression.Literal("0"), new Sequence([new Scalar(new ScalarSet([('1', '9')])), new Repeat(Digit, 0, Digits - 1)])]);

    public static Expression Integer { get; } = new Sequence([Expression.Optional(Expression.Literal("-")), Natural]);

    public static Expression Fraction { get; } = new Sequence([Expression.Literal("."), new Repeat(Digit, 1, Digits)]);

    public static Expression Boolean { get; } = new Choice([Expression.Literal("true"), Expression.Literal("false")]);

    public static Expression Null { get; } = Expression.Literal("null");

    public static IReadOnlyDictionary<string, Expression> All { get; } = new Dictionary<string, Expression>
    {
        [Value] = new Choice([new Reference(Object), new Reference(Array), new Reference(Text), new Reference(Number), Boolean, Null]),
        [Object] = Braces(new Listing([], Comma, Pair(new Reference(Text), new Reference(Value)))),
        [Array] = Brackets(new Listing([], Comma, new Reference(Value))),
        [Text] = Quoted(Expression.Many(Character)),
        [Number] = new Sequence(
        [
            Integer, Expression.Optional(Fraction),
            Expression.Optional(new Sequence([new Scalar(ScalarSet.Of("eE")), Expression.Optional(new Scalar(ScalarSet.Of("+-"))), new Repeat(Digit, 1, 3)])),
        ]),
    };

    public static Expression Braces(Expression inner) => new Sequence([Expression.Literal("{"), Space, inner, Space, Expression.Literal("}")]);

    public static Expression Brackets(Expression inner) => new Sequence([Expression.Literal("["), Space, inner, Space, Expression.Literal("]")]);

    public static Expression Quoted(Expression inner) => new Sequence([Expression.Literal("\""), inner, Expression.Literal("\"")]);

    public static Expression Pair(Expression key, Expression value) => new Sequence([key, Colon, value]);
}
