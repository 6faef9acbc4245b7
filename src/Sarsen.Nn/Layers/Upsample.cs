using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Pictures (N, C, H, W) scaled up or down to ⌊H · scale⌋ × ⌊W · scale⌋, or to a given size; PyTorch's Upsample with the
/// modes nearest and bilinear.
/// </summary>
public sealed class Upsample : Module
{
    private readonly (long Height, long Width) _size;
    private readonly (double Height, double Width) _scale;
    private readonly Interpolation _interpolation;
    private readonly bool _alignCorners;

    /// <param name="scale">How many times as large.</param>
    /// <param name="interpolation">The rule.</param>
    /// <param name="alignCorners">The outermost elements stay where they are; bilinear only.</param>
    public Upsample((double Height, double Width) scale, Interpolation interpolation = Interpolation.Nearest, bool alignCorners = false) =>
        (_scale, _interpolation, _alignCorners) = (scale, interpolation, alignCorners);

    /// <param name="size">Rows and columns of the result.</param>
    /// <param name="interpolation">The rule.</param>
    /// <param name="alignCorners">The outermost elements stay where they are; bilinear only.</param>
    public Upsample((long Height, long Width) size, Interpolation interpolation = Interpolation.Nearest, bool alignCorners = false) =>
        (_size, _interpolation, _alignCorners) = (size, interpolation, alignCorners);

    protected override Tensor Forward(Tensor x) => _scale == default // (N, C, H, W) -> (N, C, H', W')
        ? x.Upsample2d(_size.Height, _size.Width, _interpolation, _alignCorners)
        : x.Upsample2d(_scale.Height, _scale.Width, _interpolation, _alignCorners);
}
