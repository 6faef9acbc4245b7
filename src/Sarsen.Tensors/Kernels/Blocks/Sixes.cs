using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Levels of six bits, half by half of a group: the upper two in 64 bytes, bits 2t and 2t + 1 of byte 4 · row + j being of the half's
/// element 4t + j; then the lower four in 128, as <see cref="Nibbles"/> has them.
/// </summary>
internal unsafe struct Sixes : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private const int HalfBytes = 192, UpperBytes = 64;

    public static int GroupBytes => 384;

    public static bool Words => false;

    public static int StepsPerFlush => 2;

    public static int OddShift => 0;

    public static void Write(byte* group, int row, byte* levels)
    {
        for (int k = 0; k < 32; k++)
        {
            group[Lower(row, k)] |= (byte)((levels[k] & 15) << (k & 4));
            group[Upper(row, k)] |= (byte)(levels[k] >> 4 << k % 16 / 4 * 2);
        }
    }

    public static int Read(byte* group, int row, int element) =>
        (group[Lower(row, element)] >> (element & 4) & 15) | (group[Upper(row, element)] >> element % 16 / 4 * 2 & 3) << 4;

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V> => V.AddBits(DotHalf<V>(group, x, 0), DotHalf<V>(group, x, 1));

    // Two steps at a time, whose sums fit i16.
    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>
    {
        int* inputs = (int*)x + (4 * half);
        group += HalfBytes * half;
        V upper = V.Load((float*)group), lower = V.Load((float*)(group + UpperBytes));
        V sum = V.AddWords(V.MultiplyBytes(Step(lower, V.ShiftLeft(upper, 4)), V.FromBits(inputs[0])), V.MultiplyBytes(Step(V.ShiftRight(lower, 4), V.ShiftLeft(upper, 2)), V.FromBits(inputs[1])));
        V dot = V.MultiplyWords(sum, V.FromBits(0x00010001));
        lower = V.Load((float*)(group + UpperBytes + 64));
        sum = V.AddWords(V.MultiplyBytes(Step(lower, upper), V.FromBits(inputs[2])), V.MultiplyBytes(Step(V.ShiftRight(lower, 4), V.ShiftRight(upper, 2)), V.FromBits(inputs[3])));
        return V.AddBits(dot, V.MultiplyWords(sum, V.FromBits(0x00010001)));
    }

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        for (int h = 0; h < 2; h++, group += HalfBytes, to += 256)
        {
            V upper = V.Load((float*)group), first = V.Load((float*)(group + UpperBytes)), second = V.Load((float*)(group + UpperBytes + 64));
            Step(first, V.ShiftLeft(upper, 4)).Store((float*)to);
            Step(V.ShiftRight(first, 4), V.ShiftLeft(upper, 2)).Store((float*)(to + 64));
            Step(second, upper).Store((float*)(to + 128));
            Step(V.ShiftRight(second, 4), V.ShiftRight(upper, 2)).Store((float*)(to + 192));
        }
    }

    // As in Unpack. The upper bits of a half stay where layouts with minima have those.
    public static void WritePair(Assembler code, int pair, bool shifted)
    {
        const int Upper = BlockRegisters.Least;
        int half = HalfBytes * (pair / 2), first = 2 * (pair % 2);
        if (first == 0)
            code.Load(Upper, BlockRegisters.Levels, half);
        Nibbles.WritePairAt(code, half + UpperBytes + (32 * first), shifted: false);
        for (int step = first; step < first + 2; step++)
        {
            int upper = step == 2 ? Upper : BlockRegisters.Spare;
            if (step < 2)
                code.ShiftBitsLeft(upper, Upper, (byte)(4 - (2 * step)));
            else if (step > 2)
                code.ShiftBitsRight(upper, Upper, 2);
            code.OrAndBroadcast(step % 2 == 0 ? BlockRegisters.Even : BlockRegisters.Odd, upper, BlockRegisters.Constants, BlockRegisters.UpperBits);
        }
    }

    [MethodImpl(Inline)]
    private static V Step<V>(V lower, V upper) where V : struct, IVector<V> => (lower & V.FromBits(0x0F0F0F0F)) | (upper & V.FromBits(0x30303030));

    private static int Lower(int row, int element) => element / 16 * HalfBytes + UpperBytes + element % 16 / 8 * 64 + 4 * row + element % 4;

    private static int Upper(int row, int element) => element / 16 * HalfBytes + 4 * row + element % 4;
}
