using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Permute"/>.</summary>
[Description("The dimensions of a sample in another order, counted from 1 as in Keras: [2, 1] makes steps by channels (T, C) a row (C, L).")]
[DefaultProperty(nameof(Dims))]
public sealed record PermuteSpec : LayerSpec
{
    [Description("Each dimension of a sample once."), Length(1, 7), Range(1, 7)]
    public required IReadOnlyList<int> Dims { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        if (Dims.Count != builder.Sample.Rank || !Dims.Order().SequenceEqual(Enumerable.Range(1, Dims.Count)))
            throw new ShapeException($"permute to [{string.Join(", ", Dims)}] is no order of the {builder.Sample.Rank} dimensions of a sample of shape {builder.Sample}: name each of 1 to {builder.Sample.Rank} once");
        builder.Add(new Permute(Dims), Name);
    }
}
