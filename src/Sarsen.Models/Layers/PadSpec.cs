using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;

namespace Sarsen.Models.Layers;

/// <summary><see cref="Pad2d"/> of pictures, <see cref="Pad1d"/> of rows.</summary>
public abstract record PadSpec : LayerSpec
{
    [Description("Elements on each side: one number for all; for pictures also rows and columns, or top, bottom, left, right; for rows left and right."), Length(1, 4), Range(0, 1 << 20)]
    public required IReadOnlyList<int> Padding { get; init; }

    private protected void Build(NetworkBuilder builder, string layer, PaddingMode mode, double value = 0)
    {
        Shape sample = builder.Sample;
        switch (sample.Rank, Padding.Count)
        {
            case (2, 1 or 2):
                builder.Add(new Pad1d(Padding[0], Padding[^1], mode, value), Name);
                break;
            case (3, 1 or 2):
                builder.Add(new Pad2d(new Margin(Padding[0], Padding[^1], Padding[0], Padding[^1]), mode, value), Name);
                break;
            case (3, 4):
                builder.Add(new Pad2d(new Margin(Padding[0], Padding[2], Padding[1], Padding[3]), mode, value), Name);
                break;
            default:
                throw new ShapeException($"{layer} takes rows of (C, L) with one or two numbers, or pictures of (C, H, W) with one, two or four; here a sample has the shape {sample} and there are {Padding.Count}");
        }
    }
}

[Description("A margin of one value around pictures (C, H, W) or rows (C, L).")]
[DefaultProperty(nameof(Padding))]
public sealed record ConstantPadSpec : PadSpec
{
    [Description("What stands there.")]
    public double Value { get; init; }

    public override void Build(NetworkBuilder builder) => Build(builder, "constant_pad", PaddingMode.Constant, Value);
}

[Description("A margin around pictures (C, H, W) or rows (C, L) that mirrors them, the edge not repeated.")]
[DefaultProperty(nameof(Padding))]
public sealed record ReflectionPadSpec : PadSpec
{
    public override void Build(NetworkBuilder builder) => Build(builder, "reflection_pad", PaddingMode.Reflect);
}

[Description("A margin around pictures (C, H, W) or rows (C, L) that repeats their edge.")]
[DefaultProperty(nameof(Padding))]
public sealed record ReplicationPadSpec : PadSpec
{
    public override void Build(NetworkBuilder builder) => Build(builder, "replication_pad", PaddingMode.Replicate);
}
