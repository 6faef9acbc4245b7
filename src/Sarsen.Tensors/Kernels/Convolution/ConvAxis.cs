namespace Sarsen.Tensors.Kernels;

/// <summary>
/// One axis of a convolution's source: output i sees, through the tap at offset t, the source position i · Stride + t,
/// which lies outside when negative or not below Extent. Positions that are Stride apart are kept side by side, in phases,
/// so that for every tap the outputs read a contiguous row: phase (t − Low) mod Stride, from (t − Low) / Stride on.
/// </summary>
internal readonly record struct ConvAxis
{
    /// <summary>The vertical axis of a picture that is convolved.</summary>
    public static ConvAxis Rows(in Conv2dShape shape) =>
        Of(shape.OutHeight, shape.Height, shape.Window.StrideHeight, shape.Window.DilationHeight, shape.Window.KernelHeight, shape.Window.PadTop);

    /// <summary>The horizontal one.</summary>
    public static ConvAxis Columns(in Conv2dShape shape) =>
        Of(shape.OutWidth, shape.Width, shape.Window.StrideWidth, shape.Window.DilationWidth, shape.Window.KernelWidth, shape.Window.PadLeft);

    private static ConvAxis Of(long outputs, long extent, long stride, long dilation, long kernel, long before) => new()
    {
        Outputs = (nint)outputs,
        Stride = (nint)stride,
        Low = (nint)(-before),
        High = (nint)(((kernel - 1) * dilation) - before),
        Extent = (nint)extent,
    };

    public nint Outputs { get; init; }

    public nint Stride { get; init; }

    /// <summary>The lowest offset of a tap.</summary>
    public nint Low { get; init; }

    /// <summary>The highest.</summary>
    public nint High { get; init; }

    public nint Extent { get; init; }

    /// <summary>Positions of a phase that some output reads.</summary>
    public nint Length => Outputs + ((High - Low) / Stride);

    /// <summary>Phases that some tap reads.</summary>
    public nint Phases => nint.Min(Stride, High - Low + 1);

    /// <summary>No tap of any output lies outside.</summary>
    public bool IsInside => Low >= 0 && ((Outputs - 1) * Stride) + High < Extent;

    public nint PhaseOf(nint tap) => (tap - Low) % Stride;

    public nint IndexOf(nint tap) => (tap - Low) / Stride;

    /// <summary>Of a phase's positions, <paramref name="length"/> from output <paramref name="first"/> on, those that lie inside, and where position 0 lies.</summary>
    public (nint From, nint To, nint Start) Inside(nint phase, nint first, nint length)
    {
        nint start = (first * Stride) + phase + Low;
        nint from = start >= 0 ? 0 : nint.Min(length, (-start + Stride - 1) / Stride);
        nint last = Extent - 1 - start;
        nint to = last < 0 ? 0 : nint.Min(length, (last / Stride) + 1);
        return (from, nint.Max(from, to), start);
    }
}
