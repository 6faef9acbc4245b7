using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="GlobalMaxPool2d"/>.</summary>
[Description("The largest over each channel of a picture: (C, H, W) becomes (C).")]
public sealed record GlobalMaxPool2dSpec : LayerSpec
{
    public override void Build(NetworkBuilder builder) => builder.Add(new GlobalMaxPool2d(), Name);
}
