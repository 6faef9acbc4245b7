using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Levels from 0 to 31, a byte each: byte 4 · row + j of the s-th 64 bytes of a group holds element 4s + j.</summary>
internal unsafe struct LowBytes : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int GroupBytes => 512;

    public static bool Words => false;

    public static int StepsPerFlush => 4;

    public static int OddShift => 0;

    public static void Write(byte* group, int row, byte* levels)
    {
        for (int k = 0; k < 32; k++)
            group[At(row, k)] = levels[k];
    }

    public static int Read(byte* group, int row, int element) => group[At(row, element)];

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V> => V.AddBits(DotHalf<V>(group, x, 0), DotHalf<V>(group, x, 1));

    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V>
    {
        int* inputs = (int*)x + (4 * half);
        byte* at = group + (256 * half);
        V sum = V.AddWords(V.MultiplyBytes(V.Load((float*)at), V.FromBits(inputs[0])), V.MultiplyBytes(V.Load((float*)(at + 64)), V.FromBits(inputs[1])));
        V more = V.AddWords(V.MultiplyBytes(V.Load((float*)(at + 128)), V.FromBits(inputs[2])), V.MultiplyBytes(V.Load((float*)(at + 192)), V.FromBits(inputs[3])));
        return V.MultiplyWords(V.AddWords(sum, more), V.FromBits(0x00010001));
    }

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        for (int s = 0; s < 8; s++)
            V.Load((float*)(group + 64 * s)).Store((float*)(to + 64 * s));
    }

    public static void WritePair(Assembler code, int pair, bool shifted)
    {
        code.Load(BlockRegisters.Even, BlockRegisters.Levels, 128 * pair);
        code.Load(BlockRegisters.Odd, BlockRegisters.Levels, (128 * pair) + 64);
    }

    private static int At(int row, int element) => element / 4 * 64 + 4 * row + element % 4;
}
