namespace Sarsen.Data.Sources.Values;

/// <summary>Whole numbers from text: <c>[+-]digits</c>, 64 bits.</summary>
internal static class IntegerText
{
    public static FieldFault Parse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        bool negative = text.Length > 0 && text[0] == '-';
        if (negative || (text.Length > 0 && text[0] == '+'))
            text = text[1..];
        if (text.Length == 0)
            return FieldFault.NotOfType;
        ulong digits = 0;
        bool beyond = false;
        foreach (byte b in text)
        {
            uint digit = (uint)(b - '0');
            if (digit > 9)
                return FieldFault.NotOfType;
            beyond |= digits > (ulong.MaxValue - 9) / 10;
            digits = unchecked(digits * 10 + digit);
        }
        if (beyond || digits > (negative ? 1UL << 63 : long.MaxValue))
            return FieldFault.OutOfRange;
        value = negative ? unchecked(-(long)digits) : (long)digits;
        return FieldFault.None;
    }
}
