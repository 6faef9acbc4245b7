using System.Globalization;
using System.Text;

namespace Sarsen.Text.Templates.Syntax;

/// <summary>
/// Source to tokens, white space control applied: a minus in a tag takes all white space on its side, a plus keeps it;
/// without either, <see cref="TemplateOptions.TrimBlocks"/> and <see cref="TemplateOptions.LstripBlocks"/> say what goes.
/// Source: Jinja 3.1, Template Designer Documentation, "Whitespace Control".
/// </summary>
internal sealed class Lexer
{
    private static readonly string[] LongOperators = ["==", "!=", "<=", ">=", "//", "**"];
    private const string ShortOperators = "+-*/%~<>=|.,:()[]{}";

    private readonly SourceText _source;
    private readonly TemplateOptions _options;
    private readonly string _text;
    private readonly List<Token> _tokens = [];
    private int _at;

    // Whether text that begins here begins a line, though its own first character is no line's first.
    private bool _atLineStart = true;

    // Whether the tag before ended with a minus.
    private bool _stripNext;

    public Lexer(SourceText source, TemplateOptions options)
    {
        (_source, _options) = (source, options);
        // One line end at the end of a file is the editor's, not the template's.
        _text = source.Text.EndsWith('\n') ? source.Text[..^1] : source.Text;
    }

    public List<Token> Run()
    {
        while (_at < _text.Length)
        {
            int tag = NextTag(_at);
            AddText(_at, tag < 0 ? _text.Length : tag, tag < 0 ? '\0' : _text[tag + 1], tag < 0 ? '\0' : Sign(tag + 2));
            if (tag < 0)
                break;
            _at = tag;
            switch (_text[tag + 1])
            {
                case '#':
                    Comment();
                    break;
                case '{':
                    Tag(TokenKind.ExpressionBegin, TokenKind.ExpressionEnd, "}}");
                    break;
                default:
                    if (!TryRaw())
                        Tag(TokenKind.StatementBegin, TokenKind.StatementEnd, "%}");
                    break;
            }
        }
        _tokens.Add(new Token(TokenKind.End, "", _text.Length));
        return _tokens;
    }

    private int NextTag(int from)
    {
        for (int i = from; (i = _text.IndexOf('{', i)) >= 0 && i + 1 < _text.Length; i++)
        {
            if (_text[i + 1] is '{' or '%' or '#')
                return i;
        }
        return -1;
    }

    private char Sign(int at) => at < _text.Length && _text[at] is '-' or '+' ? _text[at] : '\0';

    // Text up to a tag of the kind '{', '%' or '#', or to the end.
    private void AddText(int begin, int end, char kind, char sign)
    {
        int first = begin, last = end;
        if (_stripNext)
        {
            while (first < last && char.IsWhiteSpace(_text[first]))
                first++;
        }
        if (sign == '-')
        {
            while (last > first && char.IsWhiteSpace(_text[last - 1]))
                last--;
        }
        else if (_options.LstripBlocks && kind is '%' or '#' && sign != '+')
        {
            int blank = last;
            while (blank > first && _text[blank - 1] != '\n' && char.IsWhiteSpace(_text[blank - 1]))
                blank--;
            if (blank > first ? _text[blank - 1] == '\n' : _atLineStart && first == begin)
                last = blank;
        }
        if (last > first)
            _tokens.Add(new Token(TokenKind.Text, _text[first..last], first));
        _stripNext = _atLineStart = false;
    }

    private void Comment()
    {
        int end = _text.IndexOf("#}", _at + 2, StringComparison.Ordinal);
        if (end < 0)
            throw _source.Fail(_at, "the comment is not closed: #} is missing");
        char sign = end > _at + 2 ? Sign(end - 1) : '\0';
        _at = end + 2;
        AfterBlock(sign);
    }

    private void AfterBlock(char sign)
    {
        _stripNext = sign == '-';
        if (sign == '\0' && _options.TrimBlocks && _at < _text.Length && _text[_at] == '\n')
        {
            _at++;
            _atLineStart = true;
        }
    }

    // {% raw %} … {% endraw %}: no tags within.
    private bool TryRaw()
    {
        int at = _at;
        if (!TryWordTag(ref at, "raw", out _, out char right))
            return false;
        int open = _at;
        _at = at;
        AfterBlock(right);
        for (int end = _at; (end = _text.IndexOf("{%", end, StringComparison.Ordinal)) >= 0; end++)
        {
            int after = end;
            if (!TryWordTag(ref after, "endraw", out char left, out right))
                continue;
            AddText(_at, end, '%', left);
            _at = after;
            AfterBlock(right);
            return true;
        }
        throw _source.Fail(open, "{% raw %} is not closed: {% endraw %} is missing");
    }

    private bool TryWordTag(ref int at, string word, out char left, out char right)
    {
        int i = at + 2;
        left = Sign(i);
        right = '\0';
        i += left == '\0' ? 0 : 1;
        while (i < _text.Length && char.IsWhiteSpace(_text[i]))
            i++;
        if (string.CompareOrdinal(_text, i, word, 0, word.Length) != 0)
            return false;
        i += word.Length;
        while (i < _text.Length && char.IsWhiteSpace(_text[i]))
            i++;
        right = Sign(i);
        i += right == '\0' ? 0 : 1;
        if (string.CompareOrdinal(_text, i, "%}", 0, 2) != 0)
            return false;
        at = i + 2;
        return true;
    }

    private void Tag(TokenKind begin, TokenKind end, string close)
    {
        int open = _at, depth = 0;
        _tokens.Add(new Token(begin, "", open));
        _at += 2;
        if (Sign(_at) != '\0')
            _at++;
        while (true)
        {
            while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
                _at++;
            if (_at >= _text.Length)
                throw _source.Fail(open, $"the tag is not closed: {close} is missing");
            // Within brackets }} closes two dicts.
            if (depth == 0)
            {
                char sign = Sign(_at);
                int at = _at + (sign == '\0' ? 0 : 1);
                if (string.CompareOrdinal(_text, at, close, 0, 2) == 0)
                {
                    _tokens.Add(new Token(end, "", _at));
                    _at = at + 2;
                    if (end == TokenKind.StatementEnd)
                        AfterBlock(sign);
                    else
                        _stripNext = sign == '-';
                    return;
                }
            }
            depth = Math.Max(0, depth + Next());
        }
    }

    // One token; its effect on the depth of brackets.
    private int Next()
    {
        char c = _text[_at];
        if (c is '"' or '\'')
            _tokens.Add(String());
        else if (char.IsAsciiDigit(c))
            _tokens.Add(Number());
        else if (char.IsLetter(c) || c == '_')
            _tokens.Add(Name());
        else
            return Operator(c);
        return 0;
    }

    private int Operator(char c)
    {
        string? found = Array.Find(LongOperators, o => string.CompareOrdinal(_text, _at, o, 0, 2) == 0);
        if (found is null && !ShortOperators.Contains(c))
            throw _source.Fail(_at, $"unexpected character '{c}'");
        _tokens.Add(new Token(TokenKind.Operator, found ?? c.ToString(), _at));
        _at += found?.Length ?? 1;
        return found is not null ? 0 : c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
    }

    private Token Name()
    {
        int begin = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
            _at++;
        return new Token(TokenKind.Name, _text[begin.._at], begin);
    }

    private Token Number()
    {
        int begin = _at;
        Digits();
        // x.0.1 is an element of an element, not 0.1.
        if (_tokens[^1] is { Kind: TokenKind.Operator, Value: "." })
            return new Token(TokenKind.Integer, _text[begin.._at], begin);
        bool real = false;
        if (_at + 1 < _text.Length && _text[_at] == '.' && char.IsAsciiDigit(_text[_at + 1]))
        {
            real = true;
            _at++;
            Digits();
        }
        if (_at + 1 < _text.Length && _text[_at] is 'e' or 'E')
        {
            int power = _at + (_text[_at + 1] is '+' or '-' ? 2 : 1);
            if (power < _text.Length && char.IsAsciiDigit(_text[power]))
            {
                real = true;
                _at = power;
                Digits();
            }
        }
        return new Token(real ? TokenKind.Float : TokenKind.Integer, _text[begin.._at].Replace("_", "", StringComparison.Ordinal), begin);
    }

    private void Digits()
    {
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || (_text[_at] == '_' && _at + 1 < _text.Length && char.IsAsciiDigit(_text[_at + 1]))))
            _at++;
    }

    private Token String()
    {
        int begin = _at;
        char quote = _text[_at++];
        var value = new StringBuilder();
        while (_at < _text.Length && _text[_at] != quote)
        {
            if (_text[_at] != '\\' || _at + 1 >= _text.Length)
            {
                value.Append(_text[_at++]);
                continue;
            }
            char c = _text[_at + 1];
            _at += 2;
            _ = c switch
            {
                'n' => value.Append('\n'),
                't' => value.Append('\t'),
                'r' => value.Append('\r'),
                'b' => value.Append('\b'),
                'f' => value.Append('\f'),
                'v' => value.Append('\v'),
                'a' => value.Append('\a'),
                '0' => value.Append('\0'),
                '\\' or '\'' or '"' => value.Append(c),
                '\n' => value,
                'x' => value.Append((char)Hex(2)),
                'u' => value.Append((char)Hex(4)),
                'U' => value.Append(Scalar(Hex(8))),
                // As in Python, a backslash before anything else stays.
                _ => value.Append('\\').Append(c),
            };
        }
        if (_at >= _text.Length)
            throw _source.Fail(begin, "the text in quotes is not closed");
        _at++;
        return new Token(TokenKind.String, value.ToString(), begin);
    }

    private uint Hex(int digits)
    {
        if (_at + digits > _text.Length || !uint.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            throw _source.Fail(_at, $"{digits} hexadecimal digits are expected after the backslash");
        _at += digits;
        return value;
    }

    private string Scalar(uint value) =>
        Rune.IsValid(value) ? new Rune(value).ToString() : throw _source.Fail(_at, $"U+{value:X} is no character");
}
