namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The sizes of a 2-d convolution over NCHW tensors: x (Batch, Channels, Height, Width), weight (Filters,
/// Channels / Groups, KernelHeight, KernelWidth), bias (Filters), y (Batch, Filters, OutHeight, OutWidth).
/// </summary>
public readonly record struct Conv2dShape
{
    /// <exception cref="ShapeException">A size is out of range, the groups do not divide the channels, or a tensor is too large.</exception>
    public Conv2dShape(long batch, long channels, long height, long width, long filters, Window2d window, long groups = 1)
    {
        window.Validate("conv2d", height, width);
        if (groups < 1 || channels < 1 || filters < 1 || channels % groups != 0 || filters % groups != 0)
            throw new ShapeException($"conv2d: {groups} groups do not divide {channels} channels and {filters} filters");
        (Batch, Channels, Height, Width, Filters, Window, Groups) = (batch, channels, height, width, filters, window, groups);
        OutHeight = window.OutHeight(height);
        OutWidth = window.OutWidth(width);
        // Shape refuses sizes whose product does not fit 64 bits; the number of rows also numbers chunks of work.
        _ = new Shape(batch, channels, height, width);
        _ = new Shape(filters, channels / groups, window.KernelHeight, window.KernelWidth);
        _ = new Shape(channels / groups, window.KernelHeight, window.KernelWidth, OutHeight, OutWidth, sizeof(double));
        long rows = new Shape(batch, Math.Max(filters, channels), Math.Max(OutHeight, 1)).Count;
        _ = new Shape(batch, filters, OutHeight, OutWidth);
        if (rows > int.MaxValue)
            throw new ShapeException($"conv2d: {batch} × {Math.Max(filters, channels)} planes of {OutHeight} rows are {rows} rows, at most {int.MaxValue} are supported: make the batch smaller");
    }

    public long Batch { get; }

    public long Channels { get; }

    public long Height { get; }

    public long Width { get; }

    public long Filters { get; }

    public Window2d Window { get; }

    /// <summary>Filters of a group see the channels of the group only; Groups = Channels is a depthwise convolution.</summary>
    public long Groups { get; }

    public long OutHeight { get; }

    public long OutWidth { get; }

    /// <summary>
    /// Sums are those of <see cref="Conv2d.ReferenceForward"/> and its like, bit for bit, also where <see cref="WinogradConvolution"/>
    /// would be faster.
    /// </summary>
    public bool PlainSums { get; init; }

    internal nint GroupChannels => (nint)(Channels / Groups);

    internal nint GroupFilters => (nint)(Filters / Groups);

    internal nint KernelArea => (nint)(Window.KernelHeight * Window.KernelWidth);

    /// <summary>Weights of a filter: the K of the forward product.</summary>
    internal nint FilterSize => GroupChannels * KernelArea;

    internal nint Plane => (nint)(Height * Width);

    internal nint OutPlane => (nint)(OutHeight * OutWidth);

    internal long WeightCount => Filters * FilterSize;
}
