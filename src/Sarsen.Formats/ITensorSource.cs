using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// Where a model's weights come from: a file or folder of tensors by name, whatever its format. Shapes are row-major,
/// outermost dimension first; what is stored in fewer bits is widened when it is read. Any thread may read.
/// </summary>
public interface ITensorSource : IDisposable
{
    /// <summary>The file or folder.</summary>
    string Path { get; }

    /// <summary>Elements of all tensors: what a model that is read from here can have, about.</summary>
    long Elements { get; }

    bool Contains(string name);

    /// <exception cref="ModelFormatException">There is no such tensor; the message names the nearest.</exception>
    Shape ShapeOf(string name);

    /// <summary>
    /// Reads rows as f32: a row is what one index of the first dimension names, one element of a vector, and a scalar is one
    /// row. Narrower floats and blocks become f32 exactly as their type says; f64 and integers are rounded to the nearest.
    /// </summary>
    /// <param name="name">Which tensor.</param>
    /// <param name="firstRow">0 to the size of the first dimension.</param>
    /// <param name="rows">How many; all must be there.</param>
    /// <param name="into">Exactly as many elements as these rows have; of unknown contents after an exception.</param>
    /// <exception cref="ModelFormatException">There is no such tensor, its type cannot be read, or the file was cut off.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor does not have these rows.</exception>
    /// <exception cref="ArgumentException"><paramref name="into"/> has another length.</exception>
    void ReadRows(string name, long firstRow, long rows, Span<float> into);

    /// <summary>How a tensor is stored; null where there is no such block type, and only <see cref="ReadRows"/> reads it.</summary>
    /// <exception cref="ModelFormatException">There is no such tensor.</exception>
    BlockType? TypeOf(string name);

    /// <summary>Reads rows as they are stored, in blocks of <see cref="TypeOf"/>.</summary>
    /// <param name="name">Which tensor.</param>
    /// <param name="firstRow">0 to the size of the first dimension.</param>
    /// <param name="rows">How many; all must be there. Of a vector of blocks, whole blocks only.</param>
    /// <param name="into">Exactly the bytes of these rows, <see cref="BlockType.Bytes"/> of their elements.</param>
    /// <exception cref="ModelFormatException">There is no such tensor, or the file was cut off.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The tensor does not have these rows.</exception>
    /// <exception cref="ArgumentException"><paramref name="into"/> has another length, or the rows are no whole blocks.</exception>
    void ReadBlocks(string name, long firstRow, long rows, Span<byte> into);
}
