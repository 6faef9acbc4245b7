namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The sizes of a pooling whose result is given: x (Planes, Height, Width), y (Planes, OutHeight, OutWidth). Window o of
/// n over a size s covers ⌊o s / n⌋ up to, not with, ⌈(o + 1) s / n⌉, as torch.nn.AdaptiveAvgPool2d: windows may overlap
/// by one and miss nothing.
/// </summary>
public readonly record struct AdaptivePool2dShape
{
    /// <exception cref="ShapeException">A size is out of range.</exception>
    public AdaptivePool2dShape(long planes, long height, long width, long outHeight, long outWidth)
    {
        if (height < 1 || width < 1)
            throw new ShapeException($"adaptive pool2d: the picture is {height} × {width}, expected at least 1 × 1");
        if (outHeight < 1 || outWidth < 1 || outHeight > int.MaxValue || outWidth > int.MaxValue)
            throw new ShapeException($"adaptive pool2d: the result is {outHeight} × {outWidth}, expected 1 to {int.MaxValue} each");
        if (new Shape(height, width).Count > int.MaxValue)
            throw new ShapeException($"adaptive pool2d: a picture of {height} × {width} has more than {int.MaxValue} elements, which indices cannot name");
        if (planes > int.MaxValue)
            throw new ShapeException($"adaptive pool2d: {planes} planes, at most {int.MaxValue} are supported");
        _ = new Shape(planes, height, width, sizeof(double));
        _ = new Shape(planes, outHeight, outWidth, sizeof(double));
        (Planes, Height, Width, OutHeight, OutWidth) = (planes, height, width, outHeight, outWidth);
    }

    public long Planes { get; }

    public long Height { get; }

    public long Width { get; }

    public long OutHeight { get; }

    public long OutWidth { get; }

    internal nint Plane => (nint)(Height * Width);

    internal nint OutPlane => (nint)(OutHeight * OutWidth);

    internal PlaneChunks Chunks => new(Planes, nint.Max(Plane, OutPlane));

    internal (nint First, nint End) Rows(nint oh) => Span(oh, Height, OutHeight);

    internal (nint First, nint End) Columns(nint ow) => Span(ow, Width, OutWidth);

    private static (nint First, nint End) Span(nint o, long size, long count) =>
        ((nint)(o * size / count), (nint)((((o + 1) * size) + count - 1) / count));
}
