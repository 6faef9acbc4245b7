namespace Sarsen.Text.Templates.Syntax;

internal enum TokenKind
{
    /// <summary>Text between tags, white space control applied.</summary>
    Text,
    ExpressionBegin,
    ExpressionEnd,
    StatementBegin,
    StatementEnd,
    Name,
    String,
    Integer,
    Float,
    Operator,
    End,
}

/// <param name="Kind">What it is.</param>
/// <param name="Value">The text, the name, the string without quotes and escapes, the number's digits, the operator.</param>
/// <param name="Offset">Where it begins.</param>
internal readonly record struct Token(TokenKind Kind, string Value, int Offset);
