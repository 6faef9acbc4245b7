using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Sarsen.Tensors.Kernels;

/// <summary>The vector paths of the kernels, narrowest first. All give the same bits.</summary>
public enum InstructionSet
{
    /// <summary>No vectors; fused multiply-add by <see cref="MathF.FusedMultiplyAdd"/>.</summary>
    Scalar,

    /// <summary>128 bits with fused multiply-add: AdvSimd, or FMA3 where wider vectors are off.</summary>
    Vector128,

    /// <summary>AVX2 and FMA3.</summary>
    Vector256,

    /// <summary>AVX-512 F, BW, DQ and VL.</summary>
    Vector512,
}

/// <summary>
/// The one place that asks the processor. The runtime's switches (<c>DOTNET_EnableAVX512=0</c>, <c>DOTNET_EnableAVX2=0</c>,
/// <c>DOTNET_EnableHWIntrinsic=0</c>) narrow the answer.
/// </summary>
public static class InstructionSets
{
    /// <summary>The widest path that runs here; kernels are chosen by it once, at start.</summary>
    public static InstructionSet Best { get; } =
        Supports(InstructionSet.Vector512) ? InstructionSet.Vector512
        : Supports(InstructionSet.Vector256) ? InstructionSet.Vector256
        : Supports(InstructionSet.Vector128) ? InstructionSet.Vector128
        : InstructionSet.Scalar;

    /// <summary>Whether kernels of that path may be called.</summary>
    public static bool Supports(InstructionSet set) => set switch
    {
        // IsHardwareAccelerated is false where 512 bits make the processor slow down.
        InstructionSet.Vector512 => Vector512.IsHardwareAccelerated && Avx512F.IsSupported && Avx512DQ.VL.IsSupported && Avx512BW.VL.IsSupported,
        InstructionSet.Vector256 => Vector256.IsHardwareAccelerated && Avx2.IsSupported && Fma.IsSupported,
        InstructionSet.Vector128 => Fma.IsSupported || AdvSimd.Arm64.IsSupported,
        _ => set == InstructionSet.Scalar,
    };
}
