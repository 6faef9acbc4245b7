using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="MaxPool2d"/>.</summary>
[Description("The largest of each window of a picture (C, H, W).")]
public sealed record MaxPool2dSpec : Pool2dSpec
{
    public override void Build(NetworkBuilder builder) =>
        builder.Add(new MaxPool2d(Windows.Of("max_pool2d", builder.Sample, KernelSize, Stride ?? KernelSize, Padding, [1]), CeilMode), Name);
}
