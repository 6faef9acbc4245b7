using System.Runtime.CompilerServices;

namespace Sarsen.Formats.Blocks;

/// <summary>Levels of four bits, two to a byte.</summary>
internal static unsafe class BlockLevels
{
    /// <summary>The low halves of <paramref name="count"/> bytes, and behind them the high ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Halves(byte* bytes, byte* levels, int count)
    {
        for (int i = 0; i < count; i++)
        {
            levels[i] = (byte)(bytes[i] & 0xF);
            levels[count + i] = (byte)(bytes[i] >> 4);
        }
    }
}
