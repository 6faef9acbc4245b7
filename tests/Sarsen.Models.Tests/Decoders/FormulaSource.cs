using Sarsen.Formats;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Models.Tests.Decoders;

/// <summary>Stored tensors by golden.py's formula.</summary>
internal sealed class FormulaSource(string model, (string Name, long[] Shape)[] tensors) : ITensorSource
{
    public FormulaSource(DecoderGolden golden) : this(golden.Name, golden.Tensors)
    {
    }

    public string Path => model;

    public long Elements => tensors.Sum(t => t.Shape.Aggregate(1L, (a, b) => a * b));

    public bool Contains(string name) => tensors.Any(t => t.Name == name);

    public Shape ShapeOf(string name) => new(tensors.Single(t => t.Name == name).Shape);

    public void ReadRows(string name, long firstRow, long rows, Span<float> into)
    {
        int p = Array.FindIndex(tensors, t => t.Name == name);
        long[] shape = tensors[p].Shape;
        long width = shape.Skip(1).Aggregate(1L, (a, b) => a * b);
        into.Length.ShouldBe((int)(rows * width));
        double plus = name.Contains("norm", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) && !model.StartsWith("gemma", StringComparison.Ordinal) ? 1 : 0;
        for (int j = 0; j < into.Length; j++)
        {
            double i = (firstRow * width) + j, u = (((i * i) + (3 * i) + 1) * 0.6180339887498949) + (0.1 * p);
            into[j] = (float)((0.6 * (u - Math.Floor(u) - 0.5)) + plus);
        }
    }

    public BlockType? TypeOf(string name) => null;

    public void ReadBlocks(string name, long firstRow, long rows, Span<byte> into) => throw new NotSupportedException("the formula gives elements");

    public void Dispose()
    {
    }
}
