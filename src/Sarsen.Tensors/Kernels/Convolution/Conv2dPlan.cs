using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors.Kernels;

/// <summary>
/// How the three products of a convolution are cut into chunks, and the scratch floats of a lane. What orders a sum
/// (<see cref="ProductImages"/>, <see cref="SpanImages"/>) follows from the sizes of one picture and the weights; what
/// only shares out work may follow the batch and the threads.
/// </summary>
internal readonly struct Conv2dPlan
{
    /// <summary>Columns of a product below which packing the weights would weigh too much.</summary>
    private const nint MinColumns = 256;

    private const nint MaxColumns = 2048;

    /// <summary>Column floats that stay in the second-level cache.</summary>
    private const nint CacheFloats = 128 * 1024;

    /// <summary>Weights up to which the batch is cut into spans that are summed apart: larger ones have channels enough to share.</summary>
    private const long SpannedWeights = 64 * 1024;

    private const nint SpanLength = 8;

    public nint Images { get; private init; }

    public nint ImageBlocks { get; private init; }

    /// <summary>Output rows of a chunk (forward), all otherwise.</summary>
    public nint Rows { get; private init; }

    public nint RowBlocks { get; private init; }

    public nint FilterBlocks { get; private init; }

    public nint ChannelBlocks { get; private init; }

    /// <summary>The most channels of a channel block.</summary>
    public nint BlockChannels { get; private init; }

    /// <summary>The columns of a whole chunk's product.</summary>
    public nint Columns { get; private init; }

    /// <summary>The kernels see the pictures themselves, without a copy into columns.</summary>
    public bool Direct { get; private init; }

    public long ColumnFloats { get; private init; }

    /// <summary>Output (forward) or output gradients (backward) of several images side by side.</summary>
    public long GatherFloats { get; private init; }

    public long GemmFloats { get; private init; }

    public long LaneFloats => ColumnFloats + GatherFloats + GemmFloats;

    /// <summary>Images whose positions form the K of one product of the weight gradient.</summary>
    public static nint ProductImages(in Conv2dShape shape) => nint.Max(1, KBlocks.MaxLength / nint.Max(1, shape.OutPlane));

    /// <summary>Images that are added, ascending, into one sum before the sums are added, ascending.</summary>
    public static nint SpanImages(in Conv2dShape shape)
    {
        if (shape.WeightCount > SpannedWeights)
            return int.MaxValue;
        nint product = ProductImages(shape);
        return Ceiling(SpanLength, product) * product;
    }

    public static Conv2dPlan Forward(in Conv2dShape shape, Workers workers)
    {
        nint target = nint.Clamp(CacheFloats / shape.FilterSize, MinColumns, MaxColumns);
        nint batch = (nint)shape.Batch, outHeight = (nint)shape.OutHeight, plane = nint.Max(1, shape.OutPlane);
        nint rows = outHeight, images = 1;
        if (plane > target)
            rows = nint.Max(1, target / (nint)shape.OutWidth);
        else
            images = nint.Clamp(nint.Min(target / plane, Ceiling(batch, workers.Count)), 1, nint.Max(1, batch));
        nint rowBlocks = Ceiling(outHeight, rows), imageBlocks = Ceiling(batch, images);
        nint chunks = nint.Max(1, rowBlocks * imageBlocks * (nint)shape.Groups);
        nint filterBlocks = nint.Clamp(Ceiling(workers.Count, chunks), 1, Ceiling(shape.GroupFilters, MicroKernels.MaxPanelRows));
        nint columns = images * rows * (nint)shape.OutWidth;
        bool direct = shape.Window.IsIdentity && images == 1;
        nint filters = Ceiling(shape.GroupFilters, filterBlocks);
        return new Conv2dPlan
        {
            Images = images,
            ImageBlocks = imageBlocks,
            Rows = rows,
            RowBlocks = rowBlocks,
            FilterBlocks = filterBlocks,
            Columns = columns,
            Direct = direct,
            ColumnFloats = direct ? 0 : Aligned((long)shape.FilterSize * columns),
            GatherFloats = images == 1 ? 0 : Aligned((long)filters * columns),
            GemmFloats = TileProduct.ScratchFloats(filters, shape.FilterSize),
        };
    }

    public static Conv2dPlan BackwardData(in Conv2dShape shape, Workers workers)
    {
        nint batch = (nint)shape.Batch, plane = nint.Max(1, shape.OutPlane);
        nint images = nint.Clamp(nint.Min(MinColumns / plane, Ceiling(batch, workers.Count)), 1, nint.Max(1, batch));
        nint columns = images * plane, imageBlocks = Ceiling(batch, images);
        bool direct = shape.Window.IsIdentity && images == 1;
        // A block of channels is a block of the product's rows: whole row panels pay, its columns should stay in cache.
        nint least = Ceiling(MicroKernels.MaxPanelRows, shape.KernelArea);
        nint fitting = nint.Max(least, CacheFloats / (columns * shape.KernelArea));
        nint blocks = Ceiling(shape.GroupChannels, fitting);
        nint wanted = Ceiling(workers.Count, nint.Max(1, imageBlocks * (nint)shape.Groups));
        blocks = nint.Clamp(nint.Max(blocks, wanted), 1, nint.Max(1, shape.GroupChannels / least));
        nint channels = Ceiling(shape.GroupChannels, blocks);
        return new Conv2dPlan
        {
            Images = images,
            ImageBlocks = imageBlocks,
            Rows = (nint)shape.OutHeight,
            RowBlocks = 1,
            ChannelBlocks = blocks,
            BlockChannels = channels,
            Columns = columns,
            Direct = direct,
            ColumnFloats = direct ? 0 : Aligned((long)channels * shape.KernelArea * columns),
            GatherFloats = images == 1 ? 0 : Aligned((long)shape.GroupFilters * columns),
            GemmFloats = TileProduct.ScratchFloats(channels * shape.KernelArea, shape.GroupFilters),
        };
    }

    public static Conv2dPlan BackwardWeight(in Conv2dShape shape, Workers workers)
    {
        nint batch = (nint)shape.Batch, images = ProductImages(shape), columns = images * shape.OutPlane;
        nint spans = Ceiling(batch, SpanImages(shape));
        nint fitting = nint.Max(1, CacheFloats / nint.Max(1, columns * shape.KernelArea));
        nint wanted = Ceiling(2 * workers.Count, nint.Max(1, spans * (nint)shape.Groups));
        nint blocks = nint.Clamp(nint.Max(Ceiling(shape.GroupChannels, fitting), workers.Count == 1 ? 1 : wanted), 1, shape.GroupChannels);
        nint channels = Ceiling(shape.GroupChannels, blocks);
        bool direct = shape.Window.IsIdentity && images == 1;
        return new Conv2dPlan
        {
            Images = images,
            ImageBlocks = spans,
            Rows = (nint)shape.OutHeight,
            RowBlocks = 1,
            ChannelBlocks = blocks,
            BlockChannels = channels,
            Columns = columns,
            Direct = direct,
            ColumnFloats = direct ? 0 : Aligned((long)channels * shape.KernelArea * columns),
            GatherFloats = images == 1 ? 0 : Aligned((long)shape.GroupFilters * columns),
            GemmFloats = TileProduct.ScratchFloats(shape.GroupFilters, columns),
        };
    }

    public static nint Ceiling(nint x, nint y) => (x + y - 1) / y;

    public static long Aligned(long floats) => (floats + 15) & ~15L;
}
