using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Scales of groups of 16 as whole numbers times the F16 of their super-block of 256, of levels from which a number is
/// subtracted.
/// </summary>
/// <typeparam name="TOffset">That number.</typeparam>
internal unsafe struct SuperScales<TOffset> : IScales where TOffset : struct, INumber
{
    public static int GroupLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 16;
    }

    public static int BlockLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 256;
    }

    public static bool HasLeast => false;

    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TOffset.Value;
    }

    public static int BlockBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32 + 16 * 16;
    }

    public static int HeaderBytes => 32;

    public static bool SubtractsLeast => false;

    public static void Write(byte* block, int row, in BlockRow from, nint index)
    {
        ((ushort*)block)[row] = from.Scales[index];
        for (int g = 0; g < 16; g++)
            block[32 + 16 * g + row] = (byte)from.ScaleLevels[16 * index + g];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* scales, nint group) where V : struct, IVector<V> =>
        Halves.Load<V>(scales) * V.ToFloat(V.LoadBytes((sbyte*)(scales + HeaderBytes + (16 * group))));

    public static V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int part)
    {
        code.LoadHalves(BlockRegisters.Spare, BlockRegisters.Header, 0);
        code.LoadSignedBytes(BlockRegisters.Factor, BlockRegisters.Scales, 16 * part);
        code.ToFloat(BlockRegisters.Factor, BlockRegisters.Factor);
        code.Multiply(BlockRegisters.Factor, BlockRegisters.Factor, BlockRegisters.Spare);
    }
}
