using System.Text;
using System.Text.Unicode;

namespace Sarsen.Data.Sources.Values;

/// <summary>
/// Makes strings of UTF-8, and gives the same string again for short texts seen lately: a column of categories then
/// costs no allocation a row.
/// </summary>
internal sealed class TextCache
{
    private const int Slots = 256;
    private const int LongestKept = 48;

    private readonly (byte[] Bytes, string Text)[] _slots = new (byte[], string)[Slots];

    /// <summary>Null where the bytes are no UTF-8.</summary>
    public string? Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length == 0)
            return "";
        if (utf8.Length > LongestKept)
            return Make(utf8);
        ref (byte[] Bytes, string Text) slot = ref _slots[Hash(utf8) % Slots];
        if (slot.Bytes is not null && utf8.SequenceEqual(slot.Bytes))
            return slot.Text;
        if (Make(utf8) is not { } text)
            return null;
        slot = (utf8.ToArray(), text);
        return text;
    }

    private static string? Make(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : null;

    // FNV-1a.
    private static uint Hash(ReadOnlySpan<byte> bytes)
    {
        uint hash = 2166136261;
        foreach (byte b in bytes)
            hash = (hash ^ b) * 16777619;
        return hash ^ (hash >> 15);
    }
}
