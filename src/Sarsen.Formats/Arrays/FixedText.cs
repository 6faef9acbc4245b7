using System.Buffers.Binary;
using System.Text;

namespace Sarsen.Formats;

/// <summary>Texts of a fixed width, filled up with zeros: numpy's U (UTF-32) and S (bytes, read as UTF-8).</summary>
internal static class FixedText
{
    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Null when it is not Unicode.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, bool wide, bool bigEndian)
    {
        if (wide)
            return DecodeWide(bytes, bigEndian);
        try
        {
            return s_strict.GetString(bytes.TrimEnd((byte)0));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static string? DecodeWide(ReadOnlySpan<byte> bytes, bool bigEndian)
    {
        int length = (bytes.LastIndexOfAnyExcept((byte)0) + 4) / 4;
        var text = new StringBuilder(length);
        for (int i = 0; i < length; i++)
        {
            ReadOnlySpan<byte> unit = bytes.Slice(i * 4, 4);
            uint code = bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(unit) : BinaryPrimitives.ReadUInt32LittleEndian(unit);
            if (!Rune.TryCreate(code, out Rune rune))
                return null;
            text.Append(rune.ToString());
        }
        return text.ToString();
    }
}
