namespace Sarsen.Text.Grammars;

/// <summary>
/// A range of scalars as sequences of byte ranges, each of which matches a block of the range: the range is cut where the
/// length of the encoding changes, then where a leading byte would stand before less than all of its continuations.
/// Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
/// </summary>
internal static class Utf8Ranges
{
    private static readonly int[] LastOfLength = [0x7F, 0x7FF, 0xFFFF, 0x10FFFF];

    public static IEnumerable<(byte First, byte Last)[]> Of(int first, int last)
    {
        int begin = first;
        for (int length = 1; length <= 4 && begin <= last; length++)
        {
            int end = Math.Min(last, LastOfLength[length - 1]);
            if (begin > end)
                continue;
            foreach ((byte, byte)[] block in Blocks(begin, end, length))
                yield return block;
            begin = end + 1;
        }
    }

    private static IEnumerable<(byte First, byte Last)[]> Blocks(int first, int last, int length)
    {
        for (int tail = 1; tail < length; tail++)
        {
            int mask = (1 << (6 * tail)) - 1;
            if ((first & ~mask) == (last & ~mask))
                break;
            if ((first & mask) != 0)
                return Blocks(first, first | mask, length).Concat(Blocks((first | mask) + 1, last, length));
            if ((last & mask) != mask)
                return Blocks(first, (last & ~mask) - 1, length).Concat(Blocks(last & ~mask, last, length));
        }
        var block = new (byte, byte)[length];
        for (int i = 0; i < length; i++)
            block[i] = (ByteAt(first, i, length), ByteAt(last, i, length));
        return [block];
    }

    private static byte ByteAt(int scalar, int at, int length)
    {
        int bits = scalar >> (6 * (length - 1 - at));
        if (at > 0)
            return (byte)(0x80 | (bits & 0x3F));
        return length switch
        {
            1 => (byte)bits,
            2 => (byte)(0xC0 | bits),
            3 => (byte)(0xE0 | bits),
            _ => (byte)(0xF0 | bits),
        };
    }
}
