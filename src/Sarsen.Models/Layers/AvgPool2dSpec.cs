using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="AvgPool2d"/>.</summary>
[Description("The mean of each window of a picture (C, H, W).")]
public sealed record AvgPool2dSpec : Pool2dSpec
{
    [Description("Does the padding count as zeros.")]
    public bool CountIncludePad { get; init; } = true;

    public override void Build(NetworkBuilder builder) =>
        builder.Add(new AvgPool2d(Windows.Of("avg_pool2d", builder.Sample, KernelSize, Stride ?? KernelSize, Padding, [1]), CeilMode, CountIncludePad), Name);
}
