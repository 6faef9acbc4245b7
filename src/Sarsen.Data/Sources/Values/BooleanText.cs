namespace Sarsen.Data.Sources.Values;

/// <summary>
/// Truth from text, in any case of letters: true and false; where the type was given, also yes and no, y and n, t and
/// f, 1 and 0. Those are not inferred, since as often they are names or numbers.
/// </summary>
internal static class BooleanText
{
    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.Is(text, "true");
        return value || Ascii.Is(text, "false");
    }

    public static bool TryParseGiven(ReadOnlySpan<byte> text, out bool value)
    {
        value = Ascii.Is(text, "true") || Ascii.Is(text, "yes") || Ascii.Is(text, "y") || Ascii.Is(text, "t") || Ascii.Is(text, "1");
        return value || Ascii.Is(text, "false") || Ascii.Is(text, "no") || Ascii.Is(text, "n") || Ascii.Is(text, "f") || Ascii.Is(text, "0");
    }
}
