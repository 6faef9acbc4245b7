using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale for each group of 32, of levels from which 8 is subtracted.</summary>
internal unsafe struct HalfScales8 : IScales
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => false;

    public static int Offset => 8;

    public static int HeaderBytes => 0;

    public static int GroupBytes => 32;

    public static bool SubtractsLeast => false;

    public static void Write(byte* header, byte* scales, int row, in BlockRow from, nint group) => HalfScales.Write(header, scales, row, from, group);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V> => HalfScales.Scale<V>(header, scales, part);

    public static V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int scales, int part, bool hasHeader) => HalfScales.WriteScale(code, scales, part, hasHeader);

    public static void WriteHeader(Assembler code)
    {
    }
}
