namespace Sarsen.Tensors;

/// <summary>
/// A window that slides over a row: of a convolution or a pooling of (N, C, L). Output position o reads input positions
/// <c>o · stride − padLeft + i · dilation</c>, i = 0 .. kernel − 1.
/// </summary>
/// <param name="Kernel">Elements of the window, 1 or more.</param>
/// <param name="Stride">1 or more.</param>
/// <param name="PadLeft">Elements thought before the row, 0 or more.</param>
/// <param name="PadRight">Elements thought behind it, 0 or more.</param>
/// <param name="Dilation">From one element of the window to the next, 1 or more.</param>
public readonly record struct Window1d(long Kernel, long Stride = 1, long PadLeft = 0, long PadRight = 0, long Dilation = 1)
{
    /// <summary>With another stride.</summary>
    public Window1d WithStride(long stride) => this with { Stride = stride };

    /// <summary>The same padding on both sides.</summary>
    public Window1d WithPadding(long padding) => this with { PadLeft = padding, PadRight = padding };

    /// <summary>With another dilation.</summary>
    public Window1d WithDilation(long dilation) => this with { Dilation = dilation };

    /// <summary>The window over pictures of one row that does the same.</summary>
    public Window2d OverOneRow => new(1, Kernel) { StrideWidth = Stride, PadLeft = PadLeft, PadRight = PadRight, DilationWidth = Dilation };
}
