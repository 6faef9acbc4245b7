using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="MaxPool1d"/>.</summary>
[Description("The largest of each window of a row (C, L).")]
public sealed record MaxPool1dSpec : Pool1dSpec
{
    public override void Build(NetworkBuilder builder) =>
        builder.Add(new MaxPool1d(Windows.Of("max_pool1d", builder.Sample, KernelSize, Stride ?? KernelSize, Padding, 1), CeilMode), Name);
}
