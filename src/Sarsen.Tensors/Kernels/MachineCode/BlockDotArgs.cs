using System.Runtime.InteropServices;

namespace Sarsen.Tensors.Kernels;

/// <summary>What a routine of <see cref="BlockDotProducts"/> works on, in the order in which it reads it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct BlockDotArgs
{
    /// <summary>Groups of 32 elements, 1 or more.</summary>
    public nint Groups;

    /// <summary>Unsigned, (groups, 8 steps, 16 outputs, 4).</summary>
    public byte* Levels;

    /// <summary>Signed, (groups, 8 steps, rows, 4).</summary>
    public sbyte* Inputs;

    /// <summary>Scales and minima, (groups, 1 or 2, 16).</summary>
    public float* Factors, Leasts;

    /// <summary>Steps of the inputs, (groups, rows).</summary>
    public float* Steps;

    /// <summary>step · Σ x, (groups, 1 or 2, rows).</summary>
    public float* Sums;

    /// <summary>What sums of products begin with, (groups, 1 or 2, rows): -128 · Σ x where 128 was added to levels.</summary>
    public int* Starts;

    /// <summary>(rows, 16), added to.</summary>
    public float* Y;
}
