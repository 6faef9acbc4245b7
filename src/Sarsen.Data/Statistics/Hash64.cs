using System.Runtime.InteropServices;

namespace Sarsen.Data.Statistics;

/// <summary>Hashes that are the same on every machine and in every run; not for use against an adversary.</summary>
internal static class Hash64
{
    /// <summary>A bijection of 64 bits: different values have different hashes (MurmurHash3's finaliser).</summary>
    public static ulong Of(ulong x)
    {
        x = (x ^ (x >> 33)) * 0xFF51AFD7ED558CCD;
        x = (x ^ (x >> 33)) * 0xC4CEB9FE1A85EC53;
        return x ^ (x >> 33);
    }

    /// <summary>Both zeros are one value, and so are all NaN.</summary>
    public static ulong Of(double x) =>
        Of(x == 0 ? 0 : double.IsNaN(x) ? ulong.MaxValue : BitConverter.DoubleToUInt64Bits(x));

    public static ulong Of(string text)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(text.AsSpan());
        ulong hash = (ulong)text.Length * 0x9E3779B97F4A7C15;
        for (; bytes.Length >= 8; bytes = bytes[8..])
            hash = Of(hash ^ MemoryMarshal.Read<ulong>(bytes)) + 0x9E3779B97F4A7C15;
        ulong last = 0;
        foreach (byte b in bytes)
            last = (last << 8) | b;
        return Of(hash ^ last);
    }
}
