using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Models.Layers;

/// <summary>What convolutions of pictures (C, H, W) may be told.</summary>
public abstract record ConvolutionSpec2d : ConvolutionSpec
{
    [Description("Kernel rows and columns; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> KernelSize { get; init; } = [3];

    [Description("Strides of rows and columns; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> Stride { get; init; } = [1];

    [Description("Dilation: from one row and column of the kernel to the next."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> Dilation { get; init; } = [1];
}
