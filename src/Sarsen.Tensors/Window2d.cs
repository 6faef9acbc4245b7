namespace Sarsen.Tensors;

/// <summary>
/// A window that slides over the rows and columns of a picture: of a convolution or a pooling. Output position o reads
/// input positions <c>o · stride − padBefore + i · dilation</c>, i = 0 .. kernel − 1. Each value is at most 2^31 − 1.
/// </summary>
public readonly record struct Window2d
{
    /// <param name="kernelHeight">Rows of the window, 1 or more.</param>
    /// <param name="kernelWidth">Columns of the window, 1 or more.</param>
    public Window2d(long kernelHeight, long kernelWidth)
    {
        (KernelHeight, KernelWidth) = (kernelHeight, kernelWidth);
        StrideHeight = StrideWidth = DilationHeight = DilationWidth = 1;
    }

    public long KernelHeight { get; init; }

    public long KernelWidth { get; init; }

    /// <summary>1 or more.</summary>
    public long StrideHeight { get; init; }

    /// <summary>1 or more.</summary>
    public long StrideWidth { get; init; }

    /// <summary>Rows thought above the picture, 0 or more; so on for the other sides.</summary>
    public long PadTop { get; init; }

    public long PadLeft { get; init; }

    public long PadBottom { get; init; }

    public long PadRight { get; init; }

    /// <summary>From one row of the window to the next, 1 or more.</summary>
    public long DilationHeight { get; init; }

    /// <summary>From one column of the window to the next, 1 or more.</summary>
    public long DilationWidth { get; init; }

    /// <summary>The same stride for rows and columns.</summary>
    public Window2d WithStride(long stride) => this with { StrideHeight = stride, StrideWidth = stride };

    /// <summary>The same padding on all sides.</summary>
    public Window2d WithPadding(long padding) => this with { PadTop = padding, PadLeft = padding, PadBottom = padding, PadRight = padding };

    /// <summary>The same dilation for rows and columns.</summary>
    public Window2d WithDilation(long dilation) => this with { DilationHeight = dilation, DilationWidth = dilation };

    /// <summary>Input rows from the first to the last that a window covers.</summary>
    public long SpanHeight => (DilationHeight * (KernelHeight - 1)) + 1;

    /// <summary>Input columns from the first to the last that a window covers.</summary>
    public long SpanWidth => (DilationWidth * (KernelWidth - 1)) + 1;

    /// <summary>The window is a single element moved one by one over an unpadded picture.</summary>
    internal bool IsIdentity => this == new Window2d(1, 1) with { DilationHeight = DilationHeight, DilationWidth = DilationWidth };

    /// <summary>Rows of the output: <c>⌊(height + padTop + padBottom − span) / stride⌋ + 1</c>.</summary>
    public long OutHeight(long height) => ((height + PadTop + PadBottom - SpanHeight) / StrideHeight) + 1;

    /// <summary>Columns of the output.</summary>
    public long OutWidth(long width) => ((width + PadLeft + PadRight - SpanWidth) / StrideWidth) + 1;

    /// <exception cref="ShapeException">A value is out of its range, or the window is larger than the padded picture.</exception>
    internal void Validate(string operation, long height, long width)
    {
        Check(operation, "kernel", KernelHeight, KernelWidth, 1);
        Check(operation, "stride", StrideHeight, StrideWidth, 1);
        Check(operation, "dilation", DilationHeight, DilationWidth, 1);
        Check(operation, "padding before", PadTop, PadLeft, 0);
        Check(operation, "padding behind", PadBottom, PadRight, 0);
        Check(operation, "picture", height, width, 0);
        if (SpanHeight > height + PadTop + PadBottom || SpanWidth > width + PadLeft + PadRight)
        {
            throw new ShapeException(
                $"{operation}: the window covers {SpanHeight} × {SpanWidth}, the padded picture has {height + PadTop + PadBottom} × {width + PadLeft + PadRight}: take a smaller kernel or dilation, or pad more");
        }
    }

    private static void Check(string operation, string what, long rows, long columns, long least)
    {
        if (rows < least || columns < least || rows > int.MaxValue || columns > int.MaxValue)
            throw new ShapeException($"{operation}: {what} is ({rows}, {columns}), expected {least} to {int.MaxValue}");
    }
}
