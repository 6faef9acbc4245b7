namespace Sarsen.Tensors.Kernels;

/// <summary>
/// The transposed 2-d convolution, as PyTorch's ConvTranspose2d: what <see cref="Conv2d.BackwardData(in Conv2dShape, float*, float*, float*, Threads.Workers, void*)"/>
/// computes, from a small picture to a large one. Its forward is the backward of a convolution by its input, its own
/// backward by the input is that convolution, and the weight's gradient is the same with x and dy in each other's place.
/// </summary>
public static unsafe class ConvTranspose2d
{
    /// <summary>
    /// The convolution that it transposes: Filters are the transposed one's channels in, Channels those out, and its
    /// picture of Height × Width is what comes out: Height = (height - 1) stride - top - bottom + span + outputPadding.
    /// </summary>
    /// <param name="batch">Pictures.</param>
    /// <param name="inChannels">Channels in: the weight's first size.</param>
    /// <param name="height">Rows in.</param>
    /// <param name="width">Columns in.</param>
    /// <param name="outChannels">Channels out: the weight's second size times the groups.</param>
    /// <param name="window">The window; its padding is taken away from what comes out.</param>
    /// <param name="groups">Groups of channels.</param>
    /// <param name="outputPaddingHeight">Rows more at the bottom, less than the stride: which of the sizes that a strided convolution brings to this one.</param>
    /// <param name="outputPaddingWidth">Columns more at the right, alike.</param>
    /// <exception cref="ShapeException">A size is out of range, or nothing comes out.</exception>
    public static Conv2dShape ShapeOf(long batch, long inChannels, long height, long width, long outChannels, Window2d window, long groups, long outputPaddingHeight, long outputPaddingWidth)
    {
        // The window's own ranges first: the sizes below are made of them.
        window.Validate("conv_transpose2d", int.MaxValue, int.MaxValue);
        if (height < 1 || width < 1 || height > int.MaxValue || width > int.MaxValue)
            throw new ShapeException($"conv_transpose2d: the picture is {height} × {width}, expected 1 to {int.MaxValue} each");
        if (outputPaddingHeight < 0 || outputPaddingWidth < 0 || outputPaddingHeight >= window.StrideHeight || outputPaddingWidth >= window.StrideWidth)
            throw new ShapeException($"conv_transpose2d: the output padding ({outputPaddingHeight}, {outputPaddingWidth}) must be at least 0 and less than the stride ({window.StrideHeight}, {window.StrideWidth})");
        long outHeight = ((height - 1) * window.StrideHeight) - window.PadTop - window.PadBottom + window.SpanHeight + outputPaddingHeight;
        long outWidth = ((width - 1) * window.StrideWidth) - window.PadLeft - window.PadRight + window.SpanWidth + outputPaddingWidth;
        if (outHeight < 1 || outWidth < 1)
            throw new ShapeException($"conv_transpose2d: a picture of {height} × {width} would become {outHeight} × {outWidth}: pad less");
        return new Conv2dShape(batch, outChannels, outHeight, outWidth, inChannels, window, groups);
    }
}
