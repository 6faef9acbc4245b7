namespace Sarsen.Tensors.Kernels;

/// <summary>The sizes of a padding: x (Planes, Height, Width), y (Planes, Top + Height + Bottom, Left + Width + Right).</summary>
public readonly record struct Pad2dShape
{
    /// <exception cref="ShapeException">A size is out of range, or a reflection reaches beyond the picture.</exception>
    public Pad2dShape(long planes, long height, long width, long top, long left, long bottom, long right, PaddingMode mode)
    {
        foreach (long padding in (ReadOnlySpan<long>)[top, left, bottom, right])
        {
            if (padding is < 0 or > int.MaxValue)
                throw new ShapeException($"pad2d: padding is (top {top}, left {left}, bottom {bottom}, right {right}), expected 0 to {int.MaxValue} each");
        }
        if (mode == PaddingMode.Reflect && (Math.Max(top, bottom) >= height || Math.Max(left, right) >= width))
            throw new ShapeException($"pad2d: padding (top {top}, left {left}, bottom {bottom}, right {right}) reflects more than a picture of {height} × {width} has beside its edge: pad less, or replicate");
        if (mode == PaddingMode.Replicate && (height < 1 || width < 1))
            throw new ShapeException($"pad2d: a picture of {height} × {width} has no edge to replicate");
        if (planes > int.MaxValue || new Shape(top + height + bottom, left + width + right).Count > int.MaxValue)
            throw new ShapeException($"pad2d: {planes} planes of {top + height + bottom} × {left + width + right}, at most {int.MaxValue} planes of as many elements are supported");
        _ = new Shape(planes, top + height + bottom, left + width + right, sizeof(double));
        (Planes, Height, Width, Top, Left, Bottom, Right, Mode) = (planes, height, width, top, left, bottom, right, mode);
    }

    public long Planes { get; }

    public long Height { get; }

    public long Width { get; }

    public long Top { get; }

    public long Left { get; }

    public long Bottom { get; }

    public long Right { get; }

    public PaddingMode Mode { get; }

    public long OutHeight => Top + Height + Bottom;

    public long OutWidth => Left + Width + Right;

    internal nint Plane => (nint)(Height * Width);

    internal nint OutPlane => (nint)(OutHeight * OutWidth);

    internal PlaneChunks Chunks => new(Planes, OutPlane);

    /// <summary>The row that padded row <paramref name="oh"/> shows; negative for the constant.</summary>
    internal nint RowOf(nint oh) => Source(oh - (nint)Top, (nint)Height, Mode);

    internal nint ColumnOf(nint ow) => Source(ow - (nint)Left, (nint)Width, Mode);

    private static nint Source(nint at, nint size, PaddingMode mode)
    {
        if ((nuint)at < (nuint)size)
            return at;
        return mode switch
        {
            PaddingMode.Reflect => at < 0 ? -at : (2 * (size - 1)) - at,
            PaddingMode.Replicate => at < 0 ? 0 : size - 1,
            _ => -1,
        };
    }
}
