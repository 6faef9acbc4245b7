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

    public static int HeaderBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 64;
    }

    public static int GroupBytes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 32 * Parts;
    }

    public static bool SubtractsLeast => true;

    private static int Parts
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => BlockInput.Group / TGroup.Value;
    }

    public static void Write(byte* header, byte* scales, int row, in BlockRow from, nint group)
    {
        nint block = group * BlockInput.Group / BlockLength;
        ((ushort*)header)[row] = from.Scales[block];
        ((ushort*)header)[16 + row] = from.Leasts[block];
        for (int part = 0; part < Parts; part++)
        {
            scales[(32 * part) + row] = (byte)from.ScaleLevels[(Parts * group) + part];
            scales[(32 * part) + 16 + row] = from.LeastLevels[(Parts * group) + part];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V> =>
        Halves.Load<V>(header) * V.ToFloat(V.LoadBytes(scales + (32 * part)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V> =>
        Halves.Load<V>(header + 32) * V.ToFloat(V.LoadBytes(scales + (32 * part) + 16)) * V.Create(-1);

    public static void WriteScale(Assembler code, int scales, int part, bool hasHeader)
    {
        foreach ((int register, int half, int header) in (ReadOnlySpan<(int, int, int)>)[(BlockRegisters.Factor, 0, BlockRegisters.HeaderScale), (BlockRegisters.Least, 1, BlockRegisters.HeaderLeast)])
        {
            if (!hasHeader)
                code.LoadHalves(BlockRegisters.Spare, BlockRegisters.Header, 32 * half);
            code.LoadUnsignedBytes(register, BlockRegisters.Levels, scales + (32 * part) + (16 * half));
            code.ToFloat(register, register);
            code.Multiply(register, register, hasHeader ? header : BlockRegisters.Spare);
        }
    }

    public static void WriteHeader(Assembler code)
    {
        code.LoadHalves(BlockRegisters.HeaderScale, BlockRegisters.Header, 0);
        code.LoadHalves(BlockRegisters.HeaderLeast, BlockRegisters.Header, 32);
    }
}
