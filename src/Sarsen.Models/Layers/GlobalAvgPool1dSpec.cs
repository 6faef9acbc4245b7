using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="GlobalAvgPool1d"/>.</summary>
[Description("The mean over the steps of a sequence (T, C).")]
public sealed record GlobalAvgPool1dSpec : LayerSpec
{
    public override void Build(NetworkBuilder builder) => builder.Add(new GlobalAvgPool1d(), Name);
}
