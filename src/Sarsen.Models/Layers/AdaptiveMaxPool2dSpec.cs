using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="AdaptiveMaxPool2d"/>.</summary>
[Description("The largest of each of a given number of windows of a picture (C, H, W), whatever its size.")]
[DefaultProperty(nameof(OutputSize))]
public sealed record AdaptiveMaxPool2dSpec : LayerSpec
{
    [Description("Rows and columns that come out; one number for both."), Length(1, 2), Range(1, 1 << 16)]
    public required IReadOnlyList<int> OutputSize { get; init; }

    public override void Build(NetworkBuilder builder) => builder.Add(new AdaptiveMaxPool2d(OutputSize[0], OutputSize[^1]), Name);
}
