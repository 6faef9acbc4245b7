using System.Buffers.Binary;
using System.Text;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's <c>precompiled_charsmap</c>: at each place the longest key of a trie of UTF-8 texts is replaced by what
/// the map gives for it. The bytes are the trie's size (u32), its units (u32 each), then the replacements, each ended by
/// a zero byte. A unit of the double array holds the label of its edge in the low byte with bit 31, whether a value hangs
/// on it (bit 8), and the offset to its children (bits 10 and up, shifted by 8 more where bit 9 is set); a value is a unit
/// of its own with bit 31. Source: darts-clone's <c>DoubleArrayUnit</c>, and <c>normalizer.cc</c> of google/sentencepiece.
/// </summary>
internal sealed class CharsMap : Normalizer
{
    // A hostile map could blow up each character to megabytes.
    private const int LongestReplacement = 1024;

    private readonly uint[] _units;
    private readonly byte[] _texts;

    /// <exception cref="ModelFormatException">The bytes are no such map.</exception>
    public CharsMap(ReadOnlySpan<byte> map, string file)
    {
        if (map.Length < sizeof(uint))
            throw new ModelFormatException(file, 0, $"the precompiled charsmap has {map.Length} bytes, it begins with the 4 bytes of its trie's size");
        long trieBytes = BinaryPrimitives.ReadUInt32LittleEndian(map);
        if (trieBytes > map.Length - sizeof(uint) || trieBytes % sizeof(uint) != 0 || trieBytes == 0)
            throw new ModelFormatException(file, 0, $"the trie of the precompiled charsmap has {trieBytes} bytes, {map.Length - sizeof(uint)} follow: the map is cut off or damaged");
        ReadOnlySpan<byte> trie = map.Slice(sizeof(uint), (int)trieBytes);
        _units = new uint[trie.Length / sizeof(uint)];
        for (int i = 0; i < _units.Length; i++)
            _units[i] = BinaryPrimitives.ReadUInt32LittleEndian(trie[(i * sizeof(uint))..]);
        _texts = map[(sizeof(uint) + trie.Length)..].ToArray();
        for (int start = 0; start < _texts.Length; start += TextAt(start).Length + 1)
        {
            if (TextAt(start).Length > LongestReplacement)
                throw new ModelFormatException(file, 0, $"the precompiled charsmap replaces a character by {TextAt(start).Length} bytes, at most {LongestReplacement} are allowed: it is damaged");
        }
    }

    public override void Apply(TextBuffer buffer)
    {
        ReadOnlySpan<char> text = buffer.Text;
        Span<char> replacement = stackalloc char[LongestReplacement];
        for (int i = 0; i < text.Length;)
        {
            int value = Longest(text[i..], out int length);
            if (length > 0 && value < _texts.Length)
            {
                int written = Encoding.UTF8.GetChars(TextAt(value), replacement);
                buffer.Append(replacement[..written]);
            }
            else
            {
                Rune.DecodeFromUtf16(text[i..], out _, out length);
                buffer.Append(text.Slice(i, length));
            }
            i += length;
        }
        buffer.Commit();
    }

    // Values may point into the middle of a text: keys share the ends of their replacements.
    private ReadOnlySpan<byte> TextAt(int start)
    {
        ReadOnlySpan<byte> rest = _texts.AsSpan(start);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    // The trie has edges of bytes, so characters are encoded as they are walked; a key ends only where a character does.
    private int Longest(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        int best = -1;
        Span<byte> utf8 = stackalloc byte[4];
        uint node = Children(0, _units[0]);
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text[i..], out Rune rune, out int used);
            int bytes = rune.EncodeToUtf8(utf8);
            uint unit = 0;
            for (int b = 0; b < bytes; b++)
            {
                uint at = node ^ utf8[b];
                if (at >= _units.Length || ((unit = _units[at]) & 0x800000FF) != utf8[b])
                    return best;
                node = Children(at, unit);
            }
            i += used;
            if ((unit & 0x100) != 0 && node < _units.Length)
                (best, length) = ((int)(_units[node] & 0x7FFFFFFF), i);
        }
        return best;
    }

    private static uint Children(uint at, uint unit) => at ^ ((unit >> 10) << (int)((unit & 0x200) >> 6));
}
