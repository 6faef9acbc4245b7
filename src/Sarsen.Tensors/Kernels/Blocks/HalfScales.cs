using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale for each group of 32, of levels that have their sign.</summary>
internal unsafe struct HalfScales : IScales
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => false;

    public static int Offset => 0;

    public static int BlockBytes => 32;

    public static int HeaderBytes => 0;

    public static bool SubtractsLeast => false;

    public static void Write(byte* block, int row, in BlockRow from, nint index) => ((ushort*)block)[row] = from.Scales[index];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* scales, nint group) where V : struct, IVector<V> => Halves.Load<V>(scales);

    public static V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int part) => code.LoadHalves(BlockRegisters.Factor, BlockRegisters.Scales, 0);
}
