using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Levels from -128 to 127: byte 2 · row + j of the s-th 32 bytes of a group holds element 2s + j. They are multiplied as
/// words: sums of products of bytes would not fit.
/// </summary>
internal unsafe struct SignedBytes : ILevels
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    public static int GroupBytes => 512;

    public static bool Words => true;

    public static int StepsPerFlush => 0;

    public static int OddShift => 0;

    public static void Write(byte* group, int row, byte* levels)
    {
        for (int k = 0; k < 32; k++)
            group[At(row, k)] = levels[k];
    }

    public static int Read(byte* group, int row, int element) => (sbyte)group[At(row, element)];

    [MethodImpl(Inline)]
    public static V Dot<V>(byte* group, void* x) where V : struct, IVector<V> => Sum<V>((sbyte*)group, (int*)x, 16);

    [MethodImpl(Inline)]
    public static V DotHalf<V>(byte* group, void* x, nint half) where V : struct, IVector<V> => Sum<V>((sbyte*)group + (256 * half), (int*)x + (8 * half), 8);

    [MethodImpl(Inline)]
    public static void Unpack<V>(byte* group, byte* to) where V : struct, IVector<V>
    {
        for (int s = 0; s < 16; s++)
            V.WidenBytes((sbyte*)group + 32 * s).Store((float*)(to + 64 * s));
    }

    // Two pieces of two elements a row become one of four; the top bit is what 128 adds.
    public static void WritePair(Assembler code, int pair, bool shifted)
    {
        foreach ((int register, int step) in (ReadOnlySpan<(int, int)>)[(BlockRegisters.Even, 2 * pair), (BlockRegisters.Odd, (2 * pair) + 1)])
        {
            code.PermuteWords(register, BlockRegisters.Order, BlockRegisters.Levels, 64 * step);
            code.XorBroadcast(register, register, BlockRegisters.Constants, BlockRegisters.TopBits);
        }
    }

    [MethodImpl(Inline)]
    private static V Sum<V>(sbyte* at, int* x, int steps) where V : struct, IVector<V>
    {
        V even = V.MultiplyWords(V.WidenBytes(at), V.FromBits(x[0])), odd = V.MultiplyWords(V.WidenBytes(at + 32), V.FromBits(x[1]));
        for (int s = 2; s < steps; s += 2)
        {
            even = V.AddBits(even, V.MultiplyWords(V.WidenBytes(at + (32 * s)), V.FromBits(x[s])));
            odd = V.AddBits(odd, V.MultiplyWords(V.WidenBytes(at + (32 * s) + 32), V.FromBits(x[s + 1])));
        }
        return V.AddBits(even, odd);
    }

    private static int At(int row, int element) => element / 2 * 32 + 2 * row + element % 2;
}
