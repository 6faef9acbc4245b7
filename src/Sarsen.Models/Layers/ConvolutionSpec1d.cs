using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Sarsen.Models.Layers;

/// <summary>What convolutions of rows (C, L) may be told.</summary>
public abstract record ConvolutionSpec1d : ConvolutionSpec
{
    [Description("Elements of the kernel."), Range(1, 1 << 16)]
    public int KernelSize { get; init; } = 3;

    [Description("Stride."), Range(1, 1 << 16)]
    public int Stride { get; init; } = 1;

    [Description("Dilation: from one element of the kernel to the next."), Range(1, 1 << 16)]
    public int Dilation { get; init; } = 1;
}
