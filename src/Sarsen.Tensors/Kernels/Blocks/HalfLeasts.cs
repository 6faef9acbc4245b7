using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>An F16 scale and an F16 minimum for each group of 32.</summary>
internal unsafe struct HalfLeasts : IScales
{
    public static int GroupLength => 32;

    public static int BlockLength => 32;

    public static bool HasLeast => true;

    public static int Offset => 0;

    public static int HeaderBytes => 0;

    public static int GroupBytes => 64;

    public static bool SubtractsLeast => false;

    public static void Write(byte* header, byte* scales, int row, in BlockRow from, nint group)
    {
        ((ushort*)scales)[row] = from.Scales[group];
        ((ushort*)scales)[16 + row] = from.Leasts[group];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Scale<V>(byte* header, byte* scales, nint part) where V : struct, IVector<V> => Halves.Load<V>(scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Least<V>(byte* header, byte* scales, nint part, V scale) where V : struct, IVector<V> => Halves.Load<V>(scales + 32);

    public static void WriteScale(Assembler code, int scales, int part, bool hasHeader)
    {
        code.LoadHalves(BlockRegisters.Factor, BlockRegisters.Levels, scales);
        code.LoadHalves(BlockRegisters.Least, BlockRegisters.Levels, scales + 32);
    }

    public static void WriteHeader(Assembler code)
    {
    }
}
