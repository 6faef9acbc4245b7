using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>What a routine of <see cref="BlockCode"/> works on.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BlockCodeArgs
{
    /// <summary>Blocks of a row (<see cref="BlockLayout.BlockLength"/> elements), 1 or more.</summary>
    public nint Blocks;

    public byte* Panel;

    /// <summary>A tile of rows (<see cref="BlockTiles"/>).</summary>
    public byte* Inputs;

    /// <summary><see cref="BlockCode.Constants"/>.</summary>
    public byte* Constants;

    /// <summary>(rows, 16), overwritten.</summary>
    public float* Y;
}
