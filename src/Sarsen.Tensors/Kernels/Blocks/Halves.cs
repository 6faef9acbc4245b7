using System.Runtime.CompilerServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>F16 as f32, sixteen at a time, without instructions of their own.</summary>
internal static unsafe class Halves
{
    // Sign and, at the place of an f32's, exponent and fraction.
    private const int Kept = unchecked((int)0x8FFFE000);

    // 2^112: an F16's exponent is 112 less than that of the f32 whose bits these are. Subnormal ones come out right as well.
    private const float Bias = 5.192296858534828e33f;

    /// <summary>Sixteen finite ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V>(byte* at) where V : struct, IVector<V> =>
        (V.ShiftLeft(V.LoadWords((short*)at), 13) & V.FromBits(Kept)) * V.Create(Bias);
}
