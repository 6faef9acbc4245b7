namespace Sarsen.Nn;

/// <summary>
/// A window that slides over the height and width of a picture: what convolution and pooling have in common.
/// Padding may differ on the four sides; stride, padding and dilation are in pixels.
/// </summary>
public readonly record struct Window2d(
    int KernelHeight, int KernelWidth,
    int StrideHeight = 1, int StrideWidth = 1,
    int Top = 0, int Left = 0, int Bottom = 0, int Right = 0,
    int DilationHeight = 1, int DilationWidth = 1)
{
    /// <summary>A square window with equal settings in both directions.</summary>
    public static Window2d Square(int kernel, int stride = 1, int padding = 0, int dilation = 1) =>
        new(kernel, kernel, stride, stride, padding, padding, padding, padding, dilation, dilation);

    /// <summary>The padding with which a stride of one keeps height and width; an odd rest goes below and right.</summary>
    public Window2d WithSamePadding()
    {
        int height = DilationHeight * (KernelHeight - 1), width = DilationWidth * (KernelWidth - 1);
        return this with { Top = height / 2, Bottom = height - height / 2, Left = width / 2, Right = width - width / 2 };
    }

    /// <exception cref="ArgumentException">A kernel, stride or dilation is below one, or a padding below zero.</exception>
    public Window2d Checked(string what)
    {
        if (Math.Min(Math.Min(KernelHeight, KernelWidth), Math.Min(StrideHeight, StrideWidth)) < 1 || Math.Min(DilationHeight, DilationWidth) < 1)
            throw new ArgumentException($"{what}: kernel, stride and dilation must be at least 1; given {this}");
        if (Math.Min(Math.Min(Top, Left), Math.Min(Bottom, Right)) < 0)
            throw new ArgumentException($"{what}: padding must not be negative; given {this}");
        return this;
    }

    /// <summary>Rows that come out of <paramref name="height"/>; zero or less when the window does not fit.</summary>
    public long OutHeight(long height, bool ceil = false) => Out(height, KernelHeight, StrideHeight, Top, Bottom, DilationHeight, ceil);

    /// <summary>Columns that come out of <paramref name="width"/>; zero or less when the window does not fit.</summary>
    public long OutWidth(long width, bool ceil = false) => Out(width, KernelWidth, StrideWidth, Left, Right, DilationWidth, ceil);

    private static long Out(long size, long kernel, long stride, long before, long after, long dilation, bool ceil)
    {
        long room = size + before + after - dilation * (kernel - 1) - 1;
        if (room < 0)
            return 0;
        long count = (room + (ceil ? stride - 1 : 0)) / stride + 1;
        // A window that would begin in the padding behind the picture does not count (PyTorch's rule).
        return ceil && (count - 1) * stride >= size + before ? count - 1 : count;
    }
}
