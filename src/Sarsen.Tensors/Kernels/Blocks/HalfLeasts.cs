using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale and an F16 minimum for each group of 32.</summary>
internal unsafe struct HalfLeasts : IScales
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => true;

    public static int Offset => 0;

    public static int BlockBytes => 64;

    public static int HeaderBytes => 0;

    public static bool SubtractsLeast => false;

    public static void Write(byte* block, int row, in BlockRow from, nint index)
    {
        ((ushort*)block)[row] = from.Scales[index];
        ((ushort*)block)[16 + row] = from.Leasts[index];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* scales, nint group) where V : struct, IVector<V> => Halves.Load<V>(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V> => Halves.Load<V>(scales + 32);

    public static void WriteScale(Assembler code, int part)
    {
        code.LoadHalves(BlockRegisters.Factor, BlockRegisters.Scales, 0);
        code.LoadHalves(BlockRegisters.Least, BlockRegisters.Scales, 32);
    }
}
