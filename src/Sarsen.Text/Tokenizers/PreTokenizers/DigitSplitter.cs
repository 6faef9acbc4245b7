namespace Sarsen.Text.Tokenizers.PreTokenizers;

/// <summary>Numbers (category N) apart from all else, each alone or in runs.</summary>
internal sealed class DigitSplitter(bool individual) : Splitter
{
    public override int Next(ReadOnlySpan<char> text, int start)
    {
        if ((CharClasses.Of(text, start, out int length) & CharClass.Number) == 0)
            return Until(text, start + length, CharClass.Number);
        return individual ? start + length : While(text, start + length, CharClass.Number);
    }
}
