using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>A tensor that a <see cref="GgufWriter"/> is to write.</summary>
/// <param name="Name">Unique; at most 63 bytes of UTF-8, which is what ggml's reader takes.</param>
/// <param name="Type">How its elements are stored. The last size must be a multiple of <see cref="BlockType.BlockLength"/>.</param>
/// <param name="Shape">Outermost dimension first; at most four.</param>
public sealed record GgufTensorSpec(string Name, BlockType Type, Shape Shape)
{
    /// <summary>What its data takes in the file.</summary>
    public long Bytes => Type.Bytes(Shape.Count);
}
