using System.ComponentModel;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Flatten"/> of all but the batch.</summary>
[Description("All dimensions but the batch as one.")]
public sealed record FlattenSpec : LayerSpec
{
    public override void Build(NetworkBuilder builder) => builder.Add(new Flatten(), Name);
}
