using Sarsen.Tensors;

namespace Sarsen.Nn.Ops;

/// <summary>Convolutions and poolings of (N, C, L): those of pictures that are one row high. Their reshapes are views.</summary>
public static class OneRowExtensions
{
    extension(Tensor x)
    {
        /// <summary>Cross-correlation of (N, C, L) with a weight (F, C / groups, k), plus a bias (F) unless none.</summary>
        /// <exception cref="ShapeException">The sizes do not fit one another or the window.</exception>
        public Tensor Conv1d(Tensor weight, Tensor bias, Window1d window, long groups = 1) =>
            Row("Conv1d", x).Conv2d(Row("Conv1d: weight", weight), bias, window.OverOneRow, groups).Squeeze(2);

        /// <summary>The transposed convolution of (N, C, L) with a weight (C, F / groups, k), plus a bias (F) unless none.</summary>
        /// <exception cref="ShapeException">The sizes do not fit one another, or nothing comes out.</exception>
        public Tensor ConvTranspose1d(Tensor weight, Tensor bias, Window1d window, long groups = 1, long outputPadding = 0) =>
            Row("ConvTranspose1d", x).ConvTranspose2d(Row("ConvTranspose1d: weight", weight), bias, window.OverOneRow, groups, 0, outputPadding).Squeeze(2);

        /// <summary>The largest element under each window of (N, C, L).</summary>
        /// <exception cref="ShapeException">The window does not fit.</exception>
        public Tensor MaxPool1d(Window1d window, bool ceilMode = false) => Row("MaxPool1d", x).MaxPool2d(window.OverOneRow, ceilMode).Squeeze(2);

        /// <summary>The mean of each window of (N, C, L).</summary>
        /// <exception cref="ShapeException">The window does not fit, or is dilated.</exception>
        public Tensor AvgPool1d(Window1d window, bool ceilMode = false, bool countIncludePad = true) =>
            Row("AvgPool1d", x).AvgPool2d(window.OverOneRow, ceilMode, countIncludePad).Squeeze(2);
    }

    private static Tensor Row(string what, Tensor x) => x.Rank == 3
        ? x.Unsqueeze(2)
        : throw new ShapeException($"{what}: three dimensions expected, the shape is {x.Shape}");
}
