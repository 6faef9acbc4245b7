using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Sarsen.Tensors.Memory;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// Kernels written as machine code, for instructions that .NET has no methods for: AVX512-VNNI multiplies bytes and adds four
/// products in one instruction instead of three, and F16 becomes f32 in one instead of four. They give the bits of the other kernels; what they change is time.
/// </summary>
/// <remarks>
/// They are there on Linux and macOS on x86-64 with AVX-512, where the system lets memory be made executable (it is
/// never writable at the same time) and a test of each kernel against plain code has passed. <c>SARSEN_MACHINE_CODE=0</c> in the
/// environment leaves them out.
/// </remarks>
internal static unsafe class MachineCode
{
    public const string Switch = "SARSEN_MACHINE_CODE";

    // Leaf 7 of CPUID: the bit of ECX that tells of AVX512-VNNI.
    private const int FeatureLeaf = 7, VnniBit = 1 << 11;

    /// <summary>Whether kernels of AVX-512's instructions may be written: asked once, of the switch, the system and the processor.</summary>
    public static bool IsAvailable { get; } =
        Environment.GetEnvironmentVariable(Switch) is not ("0" or "off")
        && (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && RuntimeInformation.ProcessArchitecture == Architecture.X64
        && InstructionSets.Best == InstructionSet.Vector512;

    /// <summary>Whether with AVX512-VNNI as well.</summary>
    public static bool HasDotBytes { get; } = IsAvailable && X86Base.IsSupported && (X86Base.CpuId(FeatureLeaf, 0).Ecx & VnniBit) != 0;

    /// <summary>Makes routines out of code, and says why in <see cref="EngineEvents"/> where that is refused.</summary>
    /// <param name="codes">One after the other; each ends with a return.</param>
    /// <returns>Where each begins, for the rest of the process; null where the system has no executable memory for it.</returns>
    public static nint[]? Publish(IReadOnlyList<byte[]> codes)
    {
        nint[] starts = new nint[codes.Count];
        int length = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            starts[i] = length;
            length += (codes[i].Length + NativeBuffer.Alignment - 1) & -NativeBuffer.Alignment;
        }
        byte[] whole = new byte[length];
        for (int i = 0; i < starts.Length; i++)
            codes[i].CopyTo(whole, starts[i]);
        void* memory = AddressSpace.Executable(whole);
        if (memory == null)
        {
            EngineEvents.Log.MachineCodeUnavailable(AddressSpace.LastError());
            return null;
        }
        return Array.ConvertAll(starts, s => (nint)memory + s);
    }
}
