using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="AvgPool1d"/>.</summary>
[Description("The mean of each window of a row (C, L).")]
public sealed record AvgPool1dSpec : Pool1dSpec
{
    [Description("Does the padding count as zeros.")]
    public bool CountIncludePad { get; init; } = true;

    public override void Build(NetworkBuilder builder) =>
        builder.Add(new AvgPool1d(Windows.Of("avg_pool1d", builder.Sample, KernelSize, Stride ?? KernelSize, Padding, 1), CeilMode, CountIncludePad), Name);
}
