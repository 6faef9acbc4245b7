namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The sizes of an interpolation: x (Planes, Height, Width), y (Planes, OutHeight, OutWidth). Place o of the result looks at
/// ⌊o · step⌋ (nearest), at (o + ½) step - ½ but not below 0 (bilinear), or at o · step (bilinear, corners aligned).
/// </summary>
public readonly record struct Upsample2dShape
{
    /// <param name="planes">Batch times channels.</param>
    /// <param name="height">Rows of a picture, 1 or more.</param>
    /// <param name="width">Columns of a picture, 1 or more.</param>
    /// <param name="outHeight">Rows of the result, 1 or more.</param>
    /// <param name="outWidth">Columns of the result, 1 or more.</param>
    /// <param name="interpolation">The rule.</param>
    /// <param name="alignCorners">The outermost elements stay where they are; bilinear only.</param>
    /// <param name="stepHeight">Rows of the picture for one of the result; null: height / outHeight.</param>
    /// <param name="stepWidth">Columns alike.</param>
    /// <exception cref="ShapeException">A size is out of range, or corners are aligned though nearest.</exception>
    public Upsample2dShape(long planes, long height, long width, long outHeight, long outWidth, Interpolation interpolation,
        bool alignCorners = false, double? stepHeight = null, double? stepWidth = null)
    {
        if (height < 1 || width < 1 || outHeight < 1 || outWidth < 1)
            throw new ShapeException($"upsample2d: from {height} × {width} to {outHeight} × {outWidth}, expected at least 1 × 1 on both sides");
        if (alignCorners && interpolation == Interpolation.Nearest)
            throw new ShapeException("upsample2d: corners can be aligned when it is bilinear, not when it is nearest");
        if (planes > int.MaxValue || new Shape(height, width).Count > int.MaxValue || new Shape(outHeight, outWidth).Count > int.MaxValue)
            throw new ShapeException($"upsample2d: {planes} planes from {height} × {width} to {outHeight} × {outWidth}, at most {int.MaxValue} planes of as many elements are supported");
        _ = new Shape(planes, Math.Max(height, outHeight), Math.Max(width, outWidth), sizeof(double));
        (Planes, Height, Width, OutHeight, OutWidth, Interpolation, AlignCorners) = (planes, height, width, outHeight, outWidth, interpolation, alignCorners);
        StepHeight = Step(height, outHeight, alignCorners, stepHeight);
        StepWidth = Step(width, outWidth, alignCorners, stepWidth);
    }

    public long Planes { get; }

    public long Height { get; }

    public long Width { get; }

    public long OutHeight { get; }

    public long OutWidth { get; }

    public Interpolation Interpolation { get; }

    public bool AlignCorners { get; }

    public double StepHeight { get; }

    public double StepWidth { get; }

    internal nint Plane => (nint)(Height * Width);

    internal nint OutPlane => (nint)(OutHeight * OutWidth);

    internal PlaneChunks Chunks => new(Planes, nint.Max(Plane, OutPlane));

    /// <summary>The row before the place of result row <paramref name="oh"/>, the one behind it, and how much of the place is the latter's.</summary>
    internal (nint Before, nint Behind, double Part) Row(nint oh) => Place(oh, StepHeight, (nint)Height);

    internal (nint Before, nint Behind, double Part) Column(nint ow) => Place(ow, StepWidth, (nint)Width);

    private (nint Before, nint Behind, double Part) Place(nint o, double step, nint size)
    {
        if (Interpolation == Interpolation.Nearest)
        {
            nint nearest = nint.Min((nint)Math.Floor(o * step), size - 1);
            return (nearest, nearest, 0);
        }
        double at = AlignCorners ? o * step : Math.Max(0, ((o + 0.5) * step) - 0.5);
        nint before = nint.Min((nint)at, size - 1);
        return (before, nint.Min(before + 1, size - 1), at - before);
    }

    private static double Step(long size, long count, bool alignCorners, double? given) => alignCorners
        ? count > 1 ? (size - 1) / (double)(count - 1) : 0
        : given ?? size / (double)count;
}
