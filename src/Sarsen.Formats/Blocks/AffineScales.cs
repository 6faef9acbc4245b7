namespace Sarsen.Formats.Blocks;

/// <summary>
/// The 12 bytes of <see cref="Q4_K"/> and <see cref="Q5_K"/> with eight scales and eight minima of 6 bits. Those of groups 0
/// to 3 are the low bits of bytes 0 to 3 and of bytes 4 to 7. Byte 8 + g has the low halves of scale and minimum of group
/// 4 + g, whose upper two bits are on top of bytes g and 4 + g.
/// </summary>
internal static unsafe class AffineScales
{
    public const int Bytes = 12;

    public static (int Scale, int Least) Read(ReadOnlySpan<byte> at, int group) => group < 4
        ? (at[group] & 63, at[group + 4] & 63)
        : (at[group + 4] & 0xF | at[group - 4] >> 6 << 4, at[group + 4] >> 4 | at[group] >> 6 << 4);

    /// <param name="at">Twelve bytes.</param>
    /// <param name="scales">Eight numbers below 64.</param>
    /// <param name="leasts">Eight numbers below 64.</param>
    public static void Write(byte* at, int* scales, int* leasts)
    {
        for (int g = 0; g < 4; g++)
        {
            at[g] = (byte)(scales[g] | scales[g + 4] >> 4 << 6);
            at[g + 4] = (byte)(leasts[g] | leasts[g + 4] >> 4 << 6);
            at[g + 8] = (byte)(scales[g + 4] & 0xF | (leasts[g + 4] & 0xF) << 4);
        }
    }
}
