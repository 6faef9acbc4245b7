using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary>Makes windows of what specs say: one number for rows and columns alike, or two.</summary>
internal static class Windows
{
    /// <exception cref="ShapeException">The sample is no picture.</exception>
    public static Window2d Of(string layer, in Shape sample, IReadOnlyList<int> kernel, IReadOnlyList<int> stride, Padding2d padding, IReadOnlyList<int> dilation)
    {
        if (sample.Rank != 3)
            throw new ShapeException($"{layer} takes pictures of (C, H, W), a sample here has the shape {sample}");
        var window = new Window2d(kernel[0], kernel[^1])
        {
            StrideHeight = stride[0],
            StrideWidth = stride[^1],
            DilationHeight = dilation[0],
            DilationWidth = dilation[^1],
            PadTop = padding.Height,
            PadBottom = padding.Height,
            PadLeft = padding.Width,
            PadRight = padding.Width,
        };
        if (!padding.Same)
            return window;
        long rows = Missing(sample[1], window.SpanHeight, window.StrideHeight);
        long columns = Missing(sample[2], window.SpanWidth, window.StrideWidth);
        // Of an odd number the larger half goes below and to the right, as in PyTorch and Keras.
        return window with { PadTop = rows / 2, PadBottom = rows - rows / 2, PadLeft = columns / 2, PadRight = columns - columns / 2 };
    }

    /// <summary>Rows that must be added for ⌈size / stride⌉ windows.</summary>
    private static long Missing(long size, long span, long stride) =>
        Math.Max(0, ((size + stride - 1) / stride - 1) * stride + span - size);
}
