using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>Scales and minima of groups as whole numbers times the two F16 of their super-block of 256.</summary>
/// <typeparam name="TGroup">The length of a group: 16 or 32.</typeparam>
internal unsafe struct SuperLeasts<TGroup> : IScales where TGroup : struct, INumber
{
    public static int GroupLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TGroup.Value;
    }

    public static int BlockLength
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 256;
    }

    public static bool HasLeast
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => true;
    }

    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 0;
    }

    public static int BlockBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => HeaderBytes + 32 * Groups;
    }

    public static int HeaderBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 64;
    }

    public static bool SubtractsLeast => true;

    private static int Groups
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 256 / TGroup.Value;
    }

    public static void Write(byte* block, int row, in BlockRow from, nint index)
    {
        ((ushort*)block)[row] = from.Scales[index];
        ((ushort*)block)[16 + row] = from.Leasts[index];
        for (int g = 0; g < Groups; g++)
        {
            block[HeaderBytes + 32 * g + row] = (byte)from.ScaleLevels[Groups * index + g];
            block[HeaderBytes + 32 * g + 16 + row] = from.LeastLevels[Groups * index + g];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* scales, nint group) where V : struct, IVector<V> =>
        Halves.Load<V>(scales) * V.ToFloat(V.LoadBytes(scales + HeaderBytes + (32 * group)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V> =>
        Halves.Load<V>(scales + 32) * V.ToFloat(V.LoadBytes(scales + HeaderBytes + (32 * group) + 16)) * V.Create(-1);

    public static void WriteScale(Assembler code, int part)
    {
        foreach ((int register, int half) in (ReadOnlySpan<(int, int)>)[(BlockRegisters.Factor, 0), (BlockRegisters.Least, 1)])
        {
            code.LoadHalves(BlockRegisters.Spare, BlockRegisters.Header, 32 * half);
            code.LoadUnsignedBytes(register, BlockRegisters.Scales, (32 * part) + (16 * half));
            code.ToFloat(register, register);
            code.Multiply(register, register, BlockRegisters.Spare);
        }
    }
}
