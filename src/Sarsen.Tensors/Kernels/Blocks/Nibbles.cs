using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Levels of four bits, the lower four where there are more: byte 4 · row + j of the p-th 64 bytes of a group holds elements 8p + j, low, and 8p + 4 + j.</summary>
internal unsafe struct Nibbles : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int GroupBytes => 256;

    public static bool Words => false;

    public static int StepsPerFlush => 8;

    public static int OddShift => 4;

    public static void Write(byte* group, int row, byte* levels)
    {
        for (int k = 0; k < 32; k++)
            group[At(row, k)] |= (byte)((levels[k] & 15) << (k & 4));
    }

    public static int Read(byte* group, int row, int element) => group[At(row, element)] >> (element & 4) & 15;

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V>
    {
        var inputs = (int*)x;
        V sum = V.AddWords(Pair<V>(group, inputs), Pair<V>(group + 64, inputs + 2));
        sum = V.AddWords(sum, V.AddWords(Pair<V>(group + 128, inputs + 4), Pair<V>(group + 192, inputs + 6)));
        return V.MultiplyWords(sum, V.FromBits(0x00010001));
    }

    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>
    {
        int* inputs = (int*)x + (4 * half);
        return V.MultiplyWords(V.AddWords(Pair<V>(group + (128 * half), inputs), Pair<V>(group + (128 * half) + 64, inputs + 2)), V.FromBits(0x00010001));
    }

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        V low = V.FromBits(0x0F0F0F0F);
        for (int p = 0; p < 4; p++)
        {
            V both = V.Load((float*)(group + 64 * p));
            (both & low).Store((float*)(to + 128 * p));
            (V.ShiftRight(both, 4) & low).Store((float*)(to + 128 * p + 64));
        }
    }

    public static void WritePair(Assembler code, int pair, bool shifted) => WritePairAt(code, 64 * pair, shifted);

    /// <summary><see cref="WritePair"/> of 64 bytes that begin at <paramref name="offset"/> of <see cref="BlockRegisters.Levels"/>.</summary>
    internal static void WritePairAt(Assembler code, int offset, bool shifted)
    {
        code.Load(BlockRegisters.Odd, BlockRegisters.Levels, offset);
        code.AndBroadcast(BlockRegisters.Even, BlockRegisters.Odd, BlockRegisters.Constants, BlockRegisters.LowBits);
        if (shifted)
        {
            code.AndBroadcast(BlockRegisters.Odd, BlockRegisters.Odd, BlockRegisters.Constants, BlockRegisters.HighBits);
            return;
        }
        code.ShiftBitsRight(BlockRegisters.Odd, BlockRegisters.Odd, 4);
        code.AndBroadcast(BlockRegisters.Odd, BlockRegisters.Odd, BlockRegisters.Constants, BlockRegisters.LowBits);
    }

    [MethodImpl(Inline)]
    private static V Pair<V>(byte* at, int* x) where V : struct, IVector<V>
    {
        V low = V.FromBits(0x0F0F0F0F), both = V.Load((float*)at);
        return V.AddWords(V.MultiplyBytes(both & low, V.FromBits(x[0])), V.MultiplyBytes(V.ShiftRight(both, 4) & low, V.FromBits(x[1])));
    }

    private static int At(int row, int element) => element / 8 * 64 + 4 * row + element % 4;
}
