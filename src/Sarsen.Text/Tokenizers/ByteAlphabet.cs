using System.Text;

namespace Sarsen.Text.Tokenizers;

/// <summary>
/// The characters that stand for bytes in the vocabularies of byte-level tokenizers: a byte that prints in Latin-1 is its
/// own character, the others are U+0100 and up in their order. Source: <c>bytes_to_unicode</c> of openai/gpt-2.
/// </summary>
public static class ByteAlphabet
{
    private const int FirstStandIn = 0x100;

    private static readonly char[] Chars = MakeChars();
    private static readonly short[] Bytes = MakeBytes();

    public static char CharOf(byte value) => Chars[value];

    /// <summary>Whether a character stands for a byte, and for which.</summary>
    public static bool TryByteOf(char c, out byte value)
    {
        int found = c < Bytes.Length ? Bytes[c] : -1;
        value = (byte)found;
        return found >= 0;
    }

    public static string Write(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (byte value in bytes)
            text.Append(Chars[value]);
        return text.ToString();
    }

    /// <summary>The bytes that a token stands for, or null where one of its characters stands for none.</summary>
    public static byte[]? Read(ReadOnlySpan<char> token)
    {
        byte[] bytes = new byte[token.Length];
        for (int i = 0; i < token.Length; i++)
        {
            if (!TryByteOf(token[i], out bytes[i]))
                return null;
        }
        return bytes;
    }

    private static char[] MakeChars()
    {
        char[] chars = new char[256];
        int standIn = FirstStandIn;
        for (int b = 0; b < chars.Length; b++)
            chars[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : (char)standIn++;
        return chars;
    }

    private static short[] MakeBytes()
    {
        short[] bytes = new short[Chars.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int b = 0; b < Chars.Length; b++)
            bytes[Chars[b]] = (short)b;
        return bytes;
    }
}
