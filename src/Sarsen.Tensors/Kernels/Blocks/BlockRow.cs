namespace Sarsen.Tensors.Kernels;

/// <summary>
/// A row of a weight taken apart: w = s · (q - offset) + m, s and m of groups of elements. Either both are F16 of each group
/// of 32, or, in super-blocks of 256, s = d · a and m = -e · b with F16 d and e and whole numbers a and b of each group.
/// </summary>
public unsafe struct BlockRow
{
    /// <summary>q of each element: from 0, or signed where the layout says so.</summary>
    public byte* Levels;

    /// <summary>The bits of s of each group of 32, or of d of each super-block; finite.</summary>
    public ushort* Scales;

    /// <summary>The bits of m of each group of 32, or of e of each super-block; finite. Of layouts with minima.</summary>
    public ushort* Leasts;

    /// <summary>a of each group.</summary>
    public sbyte* ScaleLevels;

    /// <summary>b of each group.</summary>
    public byte* LeastLevels;
}
