using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>The checks that every <see cref="ITensorSource"/> makes before it reads.</summary>
internal static class TensorRows
{
    /// <summary>How many rows a tensor has, and the elements of one.</summary>
    public static (long Rows, long RowElements) Of(Shape shape) => shape switch
    {
        { Rank: 0 } => (1, 1),
        { Count: 0 } => (shape[0], 0),
        _ => (shape[0], shape.Count / shape[0]),
    };

    /// <summary>The first element of some rows, and how many there are.</summary>
    public static (long Begin, long Count) Range(string path, string name, Shape shape, long firstRow, long rows)
    {
        (long has, long rowElements) = Of(shape);
        if (firstRow < 0 || firstRow > has)
            throw new ArgumentOutOfRangeException(nameof(firstRow), firstRow, $"the tensor '{name}' of {path} has {has} rows");
        if (rows < 0 || rows > has - firstRow)
            throw new ArgumentOutOfRangeException(nameof(rows), rows, $"the tensor '{name}' of {path} has {has} rows, {has - firstRow} from row {firstRow}");
        // Rows that are there cannot overflow: their elements are some of the tensor's.
        return (firstRow * rowElements, rows * rowElements);
    }

    /// <summary>The first element of some rows, of which <paramref name="into"/> must have exactly the length.</summary>
    public static long Begin(string path, string name, Shape shape, long firstRow, long rows, ReadOnlySpan<float> into)
    {
        (long begin, long count) = Range(path, name, shape, firstRow, rows);
        return count == into.Length
            ? begin
            : throw new ArgumentException($"{rows} rows of the tensor '{name}' of {path} have {count} elements, room for {into.Length} was given", nameof(into));
    }

    /// <summary>For a name that is not there.</summary>
    public static ModelFormatException Missing(string path, string name, IReadOnlyCollection<string> names)
    {
        string nearest = Suggestion.Nearest(name, names) is { } near ? $"; the nearest name is '{near}'" : "";
        return new ModelFormatException(path, 0, $"there is no tensor '{name}' among the {names.Count} of the file{nearest}");
    }
}
