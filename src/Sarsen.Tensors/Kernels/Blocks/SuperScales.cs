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

    public static int HeaderBytes => 32;

    public static int GroupBytes => 32;

    public static bool SubtractsLeast => false;

    public static void Write(byte* header, byte* scales, int row, in BlockRow from, nint group)
    {
        ((ushort*)header)[row] = from.Scales[group * BlockInput.Group / BlockLength];
        for (int part = 0; part < 2; part++)
            scales[(16 * part) + row] = (byte)from.ScaleLevels[(2 * group) + part];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V> =>
        Halves.Load<V>(header) * V.ToFloat(V.LoadBytes((sbyte*)(scales + (16 * part))));

    public static V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int scales, int part, bool hasHeader)
    {
        if (!hasHeader)
            code.LoadHalves(BlockRegisters.Spare, BlockRegisters.Header, 0);
        code.LoadSignedBytes(BlockRegisters.Factor, BlockRegisters.Levels, scales + (16 * part));
        code.ToFloat(BlockRegisters.Factor, BlockRegisters.Factor);
        code.Multiply(BlockRegisters.Factor, BlockRegisters.Factor, hasHeader ? BlockRegisters.HeaderScale : BlockRegisters.Spare);
    }

    public static void WriteHeader(Assembler code) => code.LoadHalves(BlockRegisters.HeaderScale, BlockRegisters.Header, 0);
}
