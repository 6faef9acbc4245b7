using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Levels of six bits: the lower four as <see cref="Nibbles"/>, and behind them the upper two: bits 2t and 2t + 1 of byte
/// 4 · row + j of the h-th 64 bytes are of element 16h + 4t + j.
/// </summary>
internal unsafe struct Sixes : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int GroupBytes => 384;

    public static bool Words => false;

    public static int StepsPerFlush => 2;

    public static void Write(byte* group, int row, byte* levels)
    {
        byte* lower = stackalloc byte[32];
        for (int k = 0; k < 32; k++)
        {
            lower[k] = (byte)(levels[k] & 15);
            group[Upper(row, k)] |= (byte)(levels[k] >> 4 << k % 16 / 4 * 2);
        }
        Nibbles.Write(group, row, lower);
    }

    public static int Read(byte* group, int row, int element) =>
        Nibbles.Read(group, row, element) | (group[Upper(row, element)] >> element % 16 / 4 * 2 & 3) << 4;

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V> => V.AddBits(DotHalf<V>(group, x, 0), DotHalf<V>(group, x, 1));

    // Two steps at a time, whose sums fit i16.
    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>
    {
        int* inputs = (int*)x + (4 * half);
        V upper = V.Load((float*)(group + 256 + (64 * half))), lower = V.Load((float*)(group + (128 * half)));
        V sum = V.AddWords(V.MultiplyBytes(Step(lower, V.ShiftLeft(upper, 4)), V.FromBits(inputs[0])), V.MultiplyBytes(Step(V.ShiftRight(lower, 4), V.ShiftLeft(upper, 2)), V.FromBits(inputs[1])));
        V dot = V.MultiplyWords(sum, V.FromBits(0x00010001));
        lower = V.Load((float*)(group + (128 * half) + 64));
        sum = V.AddWords(V.MultiplyBytes(Step(lower, upper), V.FromBits(inputs[2])), V.MultiplyBytes(Step(V.ShiftRight(lower, 4), V.ShiftRight(upper, 2)), V.FromBits(inputs[3])));
        return V.AddBits(dot, V.MultiplyWords(sum, V.FromBits(0x00010001)));
    }

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        for (int h = 0; h < 2; h++)
        {
            V upper = V.Load((float*)(group + 256 + 64 * h));
            V first = V.Load((float*)(group + 128 * h)), second = V.Load((float*)(group + 128 * h + 64));
            byte* at = to + 256 * h;
            Step(first, V.ShiftLeft(upper, 4)).Store((float*)at);
            Step(V.ShiftRight(first, 4), V.ShiftLeft(upper, 2)).Store((float*)(at + 64));
            Step(second, upper).Store((float*)(at + 128));
            Step(V.ShiftRight(second, 4), V.ShiftRight(upper, 2)).Store((float*)(at + 192));
        }
    }

    // As in Unpack: the upper bits of a half's four steps lie in one load, two bits apart.
    public static void WritePair(Assembler code, int pair)
    {
        Nibbles.WritePair(code, pair);
        for (int step = 2 * (pair % 2); step < (2 * (pair % 2)) + 2; step++)
        {
            int lower = step % 2 == 0 ? BlockRegisters.Even : BlockRegisters.Odd;
            code.Load(BlockRegisters.Spare, BlockRegisters.Levels, 256 + (64 * (pair / 2)));
            if (step < 2)
                code.ShiftBitsLeft(BlockRegisters.Spare, BlockRegisters.Spare, (byte)(4 - (2 * step)));
            else if (step > 2)
                code.ShiftBitsRight(BlockRegisters.Spare, BlockRegisters.Spare, 2);
            code.AndBroadcast(BlockRegisters.Spare, BlockRegisters.Spare, BlockRegisters.Constants, BlockRegisters.UpperBits);
            code.Or(lower, lower, BlockRegisters.Spare);
        }
    }

    [MethodImpl(Inline)]
    private static V Step<V>(V lower, V upper) where V : struct, IVector<V> => (lower & V.FromBits(0x0F0F0F0F)) | (upper & V.FromBits(0x30303030));

    private static int Upper(int row, int element) => 256 + element / 16 * 64 + 4 * row + element % 4;
}
