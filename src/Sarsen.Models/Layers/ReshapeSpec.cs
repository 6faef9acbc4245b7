using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Unflatten"/> of all but the batch.</summary>
[Description("Gives each sample another shape of as many values: [1, 8, 8] makes a picture of 64 features.")]
[DefaultProperty(nameof(Shape))]
public sealed record ReshapeSpec : LayerSpec
{
    [Description("The sizes, without the batch."), Length(1, 7), Range(1, int.MaxValue)]
    public required IReadOnlyList<int> Shape { get; init; }

    public override void Build(NetworkBuilder builder)
    {
        long[] sizes = [.. Shape.Select(size => (long)size)];
        long count = new Tensors.Shape(sizes).Count;
        if (count != builder.Sample.Count)
            throw new ShapeException($"reshape to ({string.Join(", ", Shape)}) needs {count} values, a sample has {builder.Sample.Count}");
        builder.Add(new Unflatten(sizes), Name);
    }
}
