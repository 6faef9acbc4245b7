using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;

namespace Sarsen.Models.Layers;

/// <summary><see cref="ChannelShuffle"/>.</summary>
[Description("Deals channels out of groups in turn, so that a grouped convolution behind it sees all of them.")]
[DefaultProperty(nameof(Groups))]
public sealed record ChannelShuffleSpec : LayerSpec
{
    [Description("Groups; they divide the channels."), Range(1, 1 << 20)]
    public required int Groups { get; init; }

    public override void Build(NetworkBuilder builder) => builder.Add(new ChannelShuffle(Groups), Name);
}
