using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Levels of five bits: first the uppermost of all in 64 bytes, bit t of byte 4 · row + j being of element 4t + j; then the lower four, as
/// <see cref="Nibbles"/> has them.
/// </summary>
internal unsafe struct Fives : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private const int UpperBytes = 64;

    public static int GroupBytes => 320;

    public static bool Words => false;

    public static int StepsPerFlush => 4;

    public static int OddShift => 0;

    public static void Write(byte* group, int row, byte* levels)
    {
        Nibbles.Write(group + UpperBytes, row, levels);
        for (int k = 0; k < 32; k++)
            group[Upper(row, k)] |= (byte)(levels[k] >> 4 << k / 4);
    }

    public static int Read(byte* group, int row, int element) =>
        Nibbles.Read(group + UpperBytes, row, element) | (group[Upper(row, element)] >> element / 4 & 1) << 4;

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V> => V.AddBits(DotHalf<V>(group, x, 0), DotHalf<V>(group, x, 1));

    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>
    {
        int* inputs = (int*)x + (4 * half);
        Steps(group, half, out V s0, out V s1, out V s2, out V s3);
        V sum = V.AddWords(V.MultiplyBytes(s0, V.FromBits(inputs[0])), V.MultiplyBytes(s1, V.FromBits(inputs[1])));
        V more = V.AddWords(V.MultiplyBytes(s2, V.FromBits(inputs[2])), V.MultiplyBytes(s3, V.FromBits(inputs[3])));
        return V.MultiplyWords(V.AddWords(sum, more), V.FromBits(0x00010001));
    }

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        for (int h = 0; h < 2; h++, to += 256)
        {
            Steps(group, h, out V s0, out V s1, out V s2, out V s3);
            s0.Store((float*)to);
            s1.Store((float*)(to + 64));
            s2.Store((float*)(to + 128));
            s3.Store((float*)(to + 192));
        }
    }

    // The upper bits stay where layouts with minima have those, which a half of a group ends with.
    public static void WritePair(Assembler code, int pair, bool shifted)
    {
        const int Upper = BlockRegisters.Least, Place = 4;
        if (pair % 2 == 0)
            code.Load(Upper, BlockRegisters.Levels, 0);
        Nibbles.WritePairAt(code, UpperBytes + (64 * pair), shifted: false);
        for (int step = 2 * pair; step < (2 * pair) + 2; step++)
        {
            int upper = step == Place ? Upper : BlockRegisters.Spare;
            if (step < Place)
                code.ShiftBitsLeft(upper, Upper, (byte)(Place - step));
            else if (step > Place)
                code.ShiftBitsRight(upper, Upper, (byte)(step - Place));
            code.OrAndBroadcast(step % 2 == 0 ? BlockRegisters.Even : BlockRegisters.Odd, upper, BlockRegisters.Constants, BlockRegisters.FifthBits);
        }
    }

    /// <summary>The four steps of a half of a group.</summary>
    [MethodImpl(Inline)]
    private static void Steps<V>(byte* group, nint half, out V s0, out V s1, out V s2, out V s3) where V : struct, IVector<V>
    {
        byte* lower = group + UpperBytes + (128 * half);
        V upper = V.Load((float*)group), first = V.Load((float*)lower), second = V.Load((float*)(lower + 64));
        if (half == 0)
            upper = V.ShiftLeft(upper, 4);
        s0 = Step(first, upper);
        s1 = Step(V.ShiftRight(first, 4), V.ShiftRight(upper, 1));
        s2 = Step(second, V.ShiftRight(upper, 2));
        s3 = Step(V.ShiftRight(second, 4), V.ShiftRight(upper, 3));
    }

    [MethodImpl(Inline)]
    private static V Step<V>(V lower, V upper) where V : struct, IVector<V> => (lower & V.FromBits(0x0F0F0F0F)) | (upper & V.FromBits(0x10101010));

    private static int Upper(int row, int element) => 4 * row + element % 4;
}
