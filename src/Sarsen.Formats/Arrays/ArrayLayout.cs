using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>What a header says of the array behind it.</summary>
/// <param name="Type">The element type; null for texts of a fixed width.</param>
/// <param name="ElementBytes">Bytes of one element in the file.</param>
/// <param name="Wide">Texts only: UTF-32 code units; else bytes.</param>
/// <param name="BigEndian">The order of an element's bytes.</param>
/// <param name="ColumnMajor">The first index runs fastest, as in Fortran.</param>
/// <param name="Shape">Outermost dimension first, whatever the order.</param>
internal readonly record struct ArrayLayout(DType? Type, int ElementBytes, bool Wide, bool BigEndian, bool ColumnMajor, Shape Shape)
{
    /// <summary>The layout, when its at most <see cref="Shape.MaxRank"/> sizes, each 0 or more, are those of the file.</summary>
    /// <exception cref="ModelFormatException">The sizes are too large, or not what the file holds.</exception>
    public static ArrayLayout Checked(UnpackedStream stream, DType? type, int elementBytes, bool wide, bool bigEndian, bool columnMajor, ReadOnlySpan<long> sizes)
    {
        // Counted with zeros as ones: whoever makes room for a row of an array without rows must not be led to absurd sizes.
        long most = elementBytes;
        foreach (long size in sizes)
        {
            if (size > long.MaxValue / most)
                throw stream.Fail($"the array's shape {Display(sizes)} is larger than any file");
            most *= Math.Max(1, size);
        }
        bool empty = sizes.Contains(0);
        if (empty && most > Array.MaxLength)
            throw stream.Fail($"the array of shape {Display(sizes)} is empty, and has rows larger than {Array.MaxLength} bytes: its header is damaged");
        long bytes = empty ? 0 : most, room = stream.MostBytes - stream.Position;
        if (bytes > room)
            throw stream.Fail($"the array of shape {Display(sizes)} needs {bytes} bytes, {(stream.IsPacked ? $"at most {room} can be packed in the file" : $"{room} follow")}: the file is cut off, or its header is damaged");
        if (!stream.IsPacked && bytes < room)
            throw stream.Fail($"the array of shape {Display(sizes)} needs {bytes} bytes, but {room} follow: a file holds one array");
        return new ArrayLayout(type, elementBytes, wide, bigEndian, columnMajor && sizes.Length > 1, new Shape(sizes));
    }

    private static string Display(ReadOnlySpan<long> sizes) => $"({string.Join(", ", sizes.ToArray())})";
}
