using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale for each group of 32, of levels from which 8 is subtracted.</summary>
internal unsafe struct HalfScales8 : IScales
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => false;

    public static int Offset => 8;

    public static int BlockBytes => 32;

    public static int HeaderBytes => 0;

    public static bool SubtractsLeast => false;

    public static void Write(byte* block, int row, in BlockRow from, nint index) => HalfScales.Write(block, row, from, index);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* scales, nint group) where V : struct, IVector<V> => HalfScales.Scale<V>(scales, group);

    public static V Least<V>(byte* scales, nint group, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int part) => HalfScales.WriteScale(code, part);
}
