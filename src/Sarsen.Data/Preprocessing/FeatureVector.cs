using System.Runtime.InteropServices;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// Columns side by side as one vector of F32 a row: numbers, integers and booleans (0 and 1) one element each, vectors
/// of F32 or bytes theirs.
/// </summary>
internal sealed class FeatureVector
{
    private readonly (int Index, int Offset, int Width)[] _columns;
    private readonly string _word;

    /// <param name="word">What messages begin with.</param>
    /// <param name="schema">The columns of the rows.</param>
    /// <param name="columns">Those that are taken, in order; each <see cref="Takes"/>.</param>
    public FeatureVector(string word, Schema schema, IEnumerable<ColumnInfo> columns)
    {
        _word = word;
        var slots = new List<(int, int, int)>();
        foreach (ColumnInfo column in columns)
        {
            int width = column.Type == ColumnType.Array ? checked((int)column.ElementShape.Count) : 1;
            slots.Add((schema.IndexOf(column.Name), Width, width));
            Width = checked(Width + width);
        }
        _columns = [.. slots];
    }

    /// <summary>Elements of a row.</summary>
    public int Width { get; }

    public static bool Takes(ColumnInfo column) => ColumnValues.IsScalarNumber(column)
        || column.Type == ColumnType.Array && column.ElementShape.Rank == 1 && column.ElementType is DType.F32 or DType.U8;

    /// <summary>Writes (rows, Width).</summary>
    /// <exception cref="FieldException">A value is missing, or no finite number of F32.</exception>
    public void Write(RowBlock rows, Span<float> into)
    {
        foreach ((int index, int offset, int width) in _columns)
        {
            Column column = rows.Columns[index];
            if (column is ArrayColumn arrays)
                WriteArrays(arrays, rows, into[offset..], width);
            else
                WriteNumbers(column, rows, into[offset..]);
        }
    }

    private void WriteNumbers(Column column, RowBlock rows, Span<float> into)
    {
        for (int row = 0; row < column.Count; row++)
        {
            double x = column switch
            {
                Column<double> numbers => numbers.Values[row],
                Column<long> integers => integers.Values[row],
                _ => ((Column<bool>)column).Values[row] ? 1 : 0,
            };
            float value = (float)x;
            if (column.IsMissing(row) || !float.IsFinite(value))
                throw Refusal(column, rows, row, x);
            into[row * Width] = value;
        }
    }

    private void WriteArrays(ArrayColumn column, RowBlock rows, Span<float> into, int width)
    {
        for (int row = 0; row < column.Count; row++)
        {
            if (column.IsMissing(row))
                throw ColumnValues.Missing(_word, column, rows, row);
            ReadOnlySpan<byte> bytes = column.Row(row);
            Span<float> to = into.Slice(row * Width, width);
            if (column.Info.ElementType == DType.U8)
            {
                for (int i = 0; i < width; i++)
                    to[i] = bytes[i];
            }
            else
            {
                MemoryMarshal.Cast<byte, float>(bytes).CopyTo(to);
                CheckFinite(to, column, rows, row);
            }
        }
    }

    private void CheckFinite(ReadOnlySpan<float> values, Column column, RowBlock rows, int row)
    {
        foreach (float value in values)
        {
            if (!float.IsFinite(value))
                throw Refusal(column, rows, row, value);
        }
    }

    private FieldException Refusal(Column column, RowBlock rows, int row, double value)
    {
        if (ColumnValues.IsMissing(column, row))
            return ColumnValues.Missing(_word, column, rows, row);
        return new FieldException(FormattableString.Invariant(
            $"{_word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is {value}, which is no finite number of 32 bits; correct it, or leave the row out"),
            column.Info.Name, rows.NumberOf(row));
    }
}
