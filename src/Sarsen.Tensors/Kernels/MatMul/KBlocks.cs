namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How a sum over K is cut, a function of K alone: the fewest blocks of at most <see cref="MaxLength"/>, all of one
/// length, a multiple of <see cref="Multiple"/>, but for the last, which may be shorter. An element of a product is
/// <code>s_0 + s_1 + …, ascending, where s_b = fma over the block's k, ascending, from 0</code>
/// This is the numerics contract of every f32 matrix product and convolution; changing it changes
/// results and needs a new numerics version.
/// </summary>
public static class KBlocks
{
    /// <summary>384 rows of a 32-column panel of B stay in the nearest caches.</summary>
    public const int MaxLength = 384;

    /// <summary>A whole number of 16-wide transposes.</summary>
    public const int Multiple = 16;

    /// <summary>The length of all blocks but the last; 0 for K = 0.</summary>
    public static nint Length(nint k)
    {
        if (k <= Multiple)
            return k;
        nint blocks = (k + MaxLength - 1) / MaxLength;
        nint length = (((k + blocks - 1) / blocks) + Multiple - 1) / Multiple * Multiple;
        return nint.Min(k, length);
    }
}
