using System.Globalization;
using System.Text;

namespace Sarsen.Text.Grammars;

/// <summary>What the readers of GBNF and of regular expressions share: a place in a text, nesting, numbers, escapes.</summary>
internal abstract class PatternReader(string text, CompileBudget budget)
{
    // Repetitions are written out, so more would only end at MaxStates.
    private const int MostRepetitions = 100_000;

    private int _depth;

    protected string Text => text;

    protected CompileBudget Budget => budget;

    protected int At { get; set; }

    protected bool AtEnd => At >= text.Length;

    protected char Peek => At < text.Length ? text[At] : '\0';

    protected bool Try(char c)
    {
        if (Peek != c || AtEnd)
            return false;
        At++;
        return true;
    }

    protected void Enter()
    {
        budget.Step();
        if (++_depth > budget.Limits.MaxNesting)
            throw new GrammarLimitException(budget.Source, $"it is nested deeper than {budget.Limits.MaxNesting} levels");
    }

    protected void Leave() => _depth--;

    protected GrammarException Fail(string message) => new(budget.Source, At, message);

    /// <summary>One scalar as it stands.</summary>
    protected int NextScalar()
    {
        if (Rune.DecodeFromUtf16(text.AsSpan(Math.Min(At, text.Length)), out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            throw Fail(AtEnd ? "it ends too early" : "half a surrogate pair is no character");
        At += length;
        return rune.Value;
    }

    protected int Hex(int digits)
    {
        if (At + digits > text.Length || !uint.TryParse(text.AsSpan(At, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint value))
            throw Fail($"{digits} hexadecimal digits are expected");
        if (!Rune.IsValid(value))
            throw Fail($"U+{value:X} is no character");
        At += digits;
        return (int)value;
    }

    /// <summary><c>* + ? {m} {m,} {m,n}</c> after an item, where there are some.</summary>
    protected Expression Repeated(Expression item)
    {
        while (true)
        {
            if (Try('*'))
                item = Expression.Many(item);
            else if (Try('+'))
                item = new Repeat(item, 1, null);
            else if (Try('?'))
                item = Expression.Optional(item);
            else if (Peek == '{' && TryBounds(out int min, out int? max))
                item = new Repeat(item, min, max);
            else
                return item;
            Enter();
            Leave();
            AfterRepetition();
        }
    }

    /// <summary>What may stand between two repetitions of one item.</summary>
    protected abstract void AfterRepetition();

    private bool TryBounds(out int min, out int? max)
    {
        int begin = At;
        (min, max) = (0, null);
        At++;
        bool hasMin = TryNumber(out min);
        max = min;
        Blank();
        if (Try(','))
        {
            Blank();
            max = TryNumber(out int most) ? most : null;
            Blank();
            hasMin |= max is not null;
        }
        if (!hasMin || !Try('}'))
        {
            At = begin;
            return BadBounds();
        }
        if (max < min)
            throw Fail($"the repetition {{{min},{max}}} ends before it begins");
        return true;
    }

    /// <summary>A brace that begins no repetition: an error, or false where it is a character.</summary>
    protected abstract bool BadBounds();

    private void Blank()
    {
        while (Peek == ' ')
            At++;
    }

    private bool TryNumber(out int number)
    {
        Blank();
        int begin = At;
        while (char.IsAsciiDigit(Peek))
            At++;
        number = 0;
        if (At == begin)
            return false;
        if (!int.TryParse(Text.AsSpan(begin..At), NumberStyles.None, CultureInfo.InvariantCulture, out number) || number > MostRepetitions)
            throw new GrammarLimitException(budget.Source, $"a repetition of more than {MostRepetitions} times is not supported");
        return true;
    }
}
