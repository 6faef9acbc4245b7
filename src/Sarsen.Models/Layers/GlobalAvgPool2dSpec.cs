using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="GlobalAvgPool2d"/>.</summary>
[Description("The mean over each channel of a picture: (C, H, W) becomes (C).")]
public sealed record GlobalAvgPool2dSpec : LayerSpec
{
    public override void Build(NetworkBuilder builder) => builder.Add(new GlobalAvgPool2d(), Name);
}
