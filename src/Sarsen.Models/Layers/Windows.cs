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

    /// <exception cref="ShapeException">The sample is no row.</exception>
    public static Window1d Of(string layer, in Shape sample, int kernel, int stride, Padding1d padding, int dilation)
    {
        RequireRow(layer, sample);
        var window = new Window1d(kernel, stride, padding.Each, padding.Each, dilation);
        long missing = padding.Same ? Missing(sample[1], window.OverOneRow.SpanWidth, stride) : 0;
        return padding.Same ? window with { PadLeft = missing / 2, PadRight = missing - missing / 2 } : window;
    }

    /// <summary>The window of a transposed convolution, and its output padding; <c>same</c> gives stride times the size.</summary>
    /// <exception cref="ShapeException">The sample is no picture, or the padding cannot be had.</exception>
    public static (Window2d Window, long Rows, long Columns) Transposed(string layer, in Shape sample, IReadOnlyList<int> kernel, IReadOnlyList<int> stride, Padding2d padding, IReadOnlyList<int> dilation, IReadOnlyList<int> outputPadding)
    {
        Window2d window = Of(layer, sample, kernel, stride, padding with { Same = false }, dilation);
        if (!padding.Same)
            return (window, outputPadding[0], outputPadding[^1]);
        if (outputPadding.Any(o => o != 0))
            throw new ShapeException($"{layer}: padding same makes the picture stride times as large; output_padding cannot be asked for besides");
        // (size - 1) stride + span + more - before - behind = size stride, with more as small as it can be.
        (long rows, long above) = Split(window.SpanHeight - window.StrideHeight);
        (long columns, long left) = Split(window.SpanWidth - window.StrideWidth);
        window = window with
        {
            PadTop = above,
            PadBottom = Math.Max(0, window.SpanHeight - window.StrideHeight - above),
            PadLeft = left,
            PadRight = Math.Max(0, window.SpanWidth - window.StrideWidth - left),
        };
        return (window, rows, columns);

        static (long More, long Before) Split(long surplus) => surplus < 0 ? (-surplus, 0) : (0, surplus / 2);
    }

    /// <exception cref="ShapeException">The sample is no row.</exception>
    public static void RequireRow(string layer, in Shape sample)
    {
        if (sample.Rank != 2)
            throw new ShapeException($"{layer} takes rows of (C, L), a sample here has the shape {sample}{(sample.Rank == 1 ? ": put reshape before it" : "")}");
    }

    /// <summary>Rows that must be added for ⌈size / stride⌉ windows.</summary>
    private static long Missing(long size, long span, long stride) =>
        Math.Max(0, ((size + stride - 1) / stride - 1) * stride + span - size);
}
