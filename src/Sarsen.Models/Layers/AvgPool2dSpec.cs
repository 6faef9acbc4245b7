using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="AvgPool2d"/>.</summary>
[Description("The mean of each window of a picture (C, H, W).")]
[DefaultProperty(nameof(KernelSize))]
public sealed record AvgPool2dSpec : LayerSpec
{
    [Description("Rows and columns of the window, Keras's pool size; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int> KernelSize { get; init; } = [2];

    [Description("Strides of rows and columns; nothing: the window's size."), Length(1, 2), Range(1, 1 << 16)]
    public IReadOnlyList<int>? Stride { get; init; }

    [Description("What is thought around the picture: valid, same, or a number for each side such as 1 or 1x0.")]
    public Padding2d Padding { get; init; }

    [Description("Does a window that hangs over the edge count.")]
    public bool CeilMode { get; init; }

    [Description("Does the padding count as zeros.")]
    public bool CountIncludePad { get; init; } = true;

    public override void Build(NetworkBuilder builder) =>
        builder.Add(new AvgPool2d(Windows.Of("avg_pool2d", builder.Sample, KernelSize, Stride ?? KernelSize, Padding, [1]), CeilMode, CountIncludePad), Name);
}
