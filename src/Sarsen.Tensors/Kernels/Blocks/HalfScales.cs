using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale for each group of 32, of levels from which a number is subtracted.</summary>
/// <typeparam name="TOffset">That number.</typeparam>
internal unsafe struct HalfScales<TOffset> : IScales where TOffset : struct, INumber
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => false;

    public static int Offset
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TOffset.Value;
    }

    public static int HeaderBytes => 0;

    public static int GroupBytes => 32;

    public static bool SubtractsLeast => false;

    public static void Write(byte* header, byte* scales, int row, in BlockRow from, nint group) => ((ushort*)scales)[row] = from.Scales[group];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V> => Halves.Load<V>(scales);

    public static V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V> => V.Create(0);

    public static void WriteScale(Assembler code, int scales, int part, bool hasHeader) => code.LoadHalves(BlockRegisters.Factor, BlockRegisters.Levels, scales);

    public static void WriteHeader(Assembler code)
    {
    }
}
