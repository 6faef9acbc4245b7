using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Σ over each four bytes of u · s, in i32: u unsigned, s from -64 to 63. Pairs are summed in i16 first, where
/// 2 · 255 · 64 = 32,640 still fits: that is why weights have seven bits. With eight the pair would saturate.
/// </summary>
internal static class FourProducts
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static Vector512<int> Sum(Vector512<byte> u, Vector512<sbyte> s, Vector512<short> ones) =>
        Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(u, s), ones);

    [MethodImpl(Inline)]
    public static Vector256<int> Sum(Vector256<byte> u, Vector256<sbyte> s, Vector256<short> ones) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(u, s), ones);

    [MethodImpl(Inline)]
    public static Vector128<int> Sum(Vector128<byte> u, Vector128<sbyte> s, Vector128<short> ones)
    {
        if (Ssse3.IsSupported)
            return Sse2.MultiplyAddAdjacent(Ssse3.MultiplyAddAdjacent(u, s), ones);
        Vector128<short> low = Vector128.WidenLower(u).AsInt16() * Vector128.WidenLower(s);
        Vector128<short> high = Vector128.WidenUpper(u).AsInt16() * Vector128.WidenUpper(s);
        if (AdvSimd.Arm64.IsSupported)
            return AdvSimd.Arm64.AddPairwise(AdvSimd.AddPairwiseWidening(low), AdvSimd.AddPairwiseWidening(high));
        return Vector128.Create(Four(low, 0), Four(low, 4), Four(high, 0), Four(high, 4));
    }

    private static int Four(Vector128<short> v, int at) => v[at] + v[at + 1] + v[at + 2] + v[at + 3];
}
