namespace Sarsen.Tensors.Kernels;

/// <summary>The sizes of a 2-d pooling over the planes of NCHW tensors: x (Planes, Height, Width), y (Planes, OutHeight, OutWidth).</summary>
public readonly record struct Pool2dShape
{
    /// <param name="planes">Batch times channels.</param>
    /// <param name="height">Rows of a picture, 1 or more.</param>
    /// <param name="width">Columns of a picture, 1 or more.</param>
    /// <param name="window">Its padding covers at most half of what the window covers, as in PyTorch.</param>
    /// <param name="ceilMode">
    /// Rounds the output's size up: windows may hang over the padded edge if they begin within the picture or the padding before it.
    /// </param>
    /// <exception cref="ShapeException">A size is out of range.</exception>
    public Pool2dShape(long planes, long height, long width, Window2d window, bool ceilMode = false)
    {
        if (height < 1 || width < 1)
            throw new ShapeException($"pool2d: the picture is {height} × {width}, expected at least 1 × 1");
        window.Validate("pool2d", height, width);
        if (Math.Max(window.PadTop, window.PadBottom) > window.SpanHeight / 2 || Math.Max(window.PadLeft, window.PadRight) > window.SpanWidth / 2)
        {
            throw new ShapeException(
                $"pool2d: padding (top {window.PadTop}, left {window.PadLeft}, bottom {window.PadBottom}, right {window.PadRight}) is more than half of the window, which covers {window.SpanHeight} × {window.SpanWidth}");
        }
        if (new Shape(height, width).Count > int.MaxValue)
            throw new ShapeException($"pool2d: a picture of {height} × {width} has more than {int.MaxValue} elements, which indices cannot name");
        (Planes, Height, Width, Window, CeilMode) = (planes, height, width, window, ceilMode);
        OutHeight = Out(height, window.PadTop, window.PadBottom, window.SpanHeight, window.StrideHeight);
        OutWidth = Out(width, window.PadLeft, window.PadRight, window.SpanWidth, window.StrideWidth);
        _ = new Shape(planes, height, width, sizeof(double));
        _ = new Shape(planes, OutHeight, OutWidth, sizeof(double));
        if (planes > int.MaxValue)
            throw new ShapeException($"pool2d: {planes} planes, at most {int.MaxValue} are supported");
    }

    public long Planes { get; }

    public long Height { get; }

    public long Width { get; }

    public Window2d Window { get; }

    public bool CeilMode { get; }

    public long OutHeight { get; }

    public long OutWidth { get; }

    internal nint Plane => (nint)(Height * Width);

    internal nint OutPlane => (nint)(OutHeight * OutWidth);

    /// <summary>Planes a chunk of work holds: enough elements to be worth handing out.</summary>
    internal nint PlanesPerChunk => nint.Max(1, 16 * 1024 / nint.Max(Plane, OutPlane));

    internal int Chunks => (int)(((nint)Planes + PlanesPerChunk - 1) / PlanesPerChunk);

    private long Out(long size, long before, long behind, long span, long stride)
    {
        long free = size + before + behind - span;
        long count = ((free + (CeilMode ? stride - 1 : 0)) / stride) + 1;
        // A window that would begin in the padding behind the picture sees nothing.
        return CeilMode && (count - 1) * stride >= size + before ? count - 1 : count;
    }

    /// <summary>The taps of the window, from the first to behind the last, that lie in the picture, and where tap 0 lies.</summary>
    internal static (nint First, nint End, nint Start) Taps(nint position, long stride, long before, long dilation, long kernel, long size)
    {
        nint start = (position * (nint)stride) - (nint)before;
        nint first = start >= 0 ? 0 : (-start + (nint)dilation - 1) / (nint)dilation;
        nint last = (nint)size - 1 - start;
        nint end = last < 0 ? 0 : nint.Min((nint)kernel, (last / (nint)dilation) + 1);
        return (first, nint.Max(first, end), start);
    }

    /// <summary>The output columns, from the first to behind the last, whose windows lie within the picture's columns.</summary>
    internal (nint From, nint To) InnerColumns
    {
        get
        {
            nint outWidth = (nint)OutWidth, stride = (nint)Window.StrideWidth;
            nint from = nint.Min(outWidth, ((nint)Window.PadLeft + stride - 1) / stride);
            nint room = (nint)(Width - Window.SpanWidth + Window.PadLeft);
            nint to = room < 0 ? 0 : nint.Min(outWidth, (room / stride) + 1);
            return (from, nint.Max(from, to));
        }
    }

    internal (nint First, nint End, nint Start) Rows(nint oh) =>
        Taps(oh, Window.StrideHeight, Window.PadTop, Window.DilationHeight, Window.KernelHeight, Height);

    internal (nint First, nint End, nint Start) Columns(nint ow) =>
        Taps(ow, Window.StrideWidth, Window.PadLeft, Window.DilationWidth, Window.KernelWidth, Width);
}
