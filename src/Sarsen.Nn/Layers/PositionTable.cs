using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>The rows of a table of positions that a batch of sequences needs.</summary>
internal static class PositionTable
{
    /// <exception cref="ShapeException">The batch is not (B, T, C), or longer than the table.</exception>
    public static Tensor Rows(Module module, Tensor table, in Shape batch)
    {
        Shape shape = table.Shape;
        if (batch.Rank != 3 || batch[2] != shape[1])
            throw new ShapeException($"{module.Kind} at '{module.Path}': (B, T, {shape[1]}) expected, the input has the shape {batch}");
        if (batch[1] > shape[0])
            throw new ShapeException($"{module.Kind} at '{module.Path}': sequences of {batch[1]} positions, but the table ends at {shape[0]}: cut them, or make it longer");
        return table.Slice(0, 0, batch[1]); // (T, C)
    }
}
