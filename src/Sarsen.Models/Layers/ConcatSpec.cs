using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Concat"/>: several lists of layers that are given the same, their results side by side.</summary>
[Description("Branches: several lists of layers that are given the same; their results one after the other along the channels.")]
[DefaultProperty(nameof(Branches))]
public sealed record ConcatSpec : LayerSpec
{
    [Description("The branches, a list of layers each; an empty list gives what comes in."), MaxLength(16)]
    public required IReadOnlyList<IReadOnlyList<LayerSpec>> Branches { get; init; }

    [Description("The dimension of a sample along which they are put, from 1."), Range(1, 7)]
    public int Dim { get; init; } = 1;

    public override void Build(NetworkBuilder builder)
    {
        if (Dim > builder.Sample.Rank)
            throw new ShapeException($"concat along dimension {Dim} needs samples of as many, here one has the shape {builder.Sample}");
        builder.Add(new Concat([.. Branches.Select(builder.Inner)], Dim), Name);
    }
}
