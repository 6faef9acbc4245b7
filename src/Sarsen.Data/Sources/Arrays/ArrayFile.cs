using Sarsen.Data.Encodings;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.Arrays;

/// <summary>A column of an <see cref="ArrayFileSource"/>.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Path">The file.</param>
/// <param name="Reader">Opens it.</param>
/// <param name="IsPicture">Whether rows of two dimensions are pictures of one channel.</param>
internal sealed record ArrayFile(string Column, string Path, Func<string, ArrayReader> Reader, bool IsPicture = false)
{
    /// <summary>Above this a row is no sample but a mistake in the header.</summary>
    private const long MaxRowBytes = 1 << 28;

    /// <exception cref="DataException">The file cannot be read, or is no such file.</exception>
    public ArrayReader Open() => Guard(() => Reader(Path));

    /// <summary>What the rows of the file are in a table.</summary>
    /// <exception cref="DataException">It has no rows, or rows without elements or absurdly large ones.</exception>
    public ColumnInfo Describe(ArrayReader array)
    {
        Shape row = array.RowShape;
        if (array.Shape.Rank == 0)
            throw new DataException($"{Path} holds a single value; an array of rows was expected");
        if (array.Rows == 0)
            throw new DataException($"{Path} has no rows: its shape is {array.Shape}");
        if (row.Count == 0)
            throw new DataException($"{Path} has rows without elements: its shape is {array.Shape}");
        if (array.RowBytes > MaxRowBytes || row.Count > MaxRowBytes / sizeof(float))
            throw new DataException($"{Path}: a row of shape {row} has {row.Count} elements, more than a sample may have ({MaxRowBytes >> 20} MiB); is the first dimension that of the rows? The shape is {array.Shape}");
        if (row.Count > 1 || row.Rank > 1)
        {
            if (array.IsText)
                throw new DataException($"{Path} holds texts of shape {array.Shape}; one text a row was expected");
            Shape shape = IsPicture && row.Rank == 2 ? new Shape(1, row[0], row[1]) : row;
            return new ColumnInfo(Column, ColumnType.Array, shape, array.DType is DType.U8 ? DType.U8 : DType.F32);
        }
        return new ColumnInfo(Column, array.IsText ? ColumnType.Text
            : array.DType.IsFloat() ? ColumnType.Number
            : array.DType is DType.Bool ? ColumnType.Boolean
            : ColumnType.Integer);
    }

    /// <summary>Runs a reading, and says of this file what its format or the disk say.</summary>
    public T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ModelFormatException e)
        {
            throw new DataException(e.Message, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw TextFile.Unreadable(Path, e);
        }
    }
}
