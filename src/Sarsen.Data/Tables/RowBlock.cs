namespace Sarsen.Data.Tables;

/// <summary>A run of rows, held by columns: the unit in which sources are read and transforms applied.</summary>
/// <param name="schema">The columns.</param>
/// <param name="columns">One per schema column, all of one length.</param>
/// <param name="firstRow">The number of the first row within its source, from 0.</param>
/// <param name="numbers">The number of each row within its source, where rows between them were left out; null: consecutive.</param>
public sealed class RowBlock(Schema schema, IReadOnlyList<Column> columns, long firstRow, long[]? numbers = null)
{
    private readonly long[]? _numbers = numbers;

    public Schema Schema { get; } = schema;

    public IReadOnlyList<Column> Columns { get; } = columns;

    public long FirstRow { get; } = firstRow;

    public int Count => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <exception cref="KeyNotFoundException">There is no column of that name.</exception>
    public Column this[string name] => Schema.IndexOf(name) is >= 0 and var i
        ? Columns[i]
        : throw new KeyNotFoundException($"no column '{name}'; there are: {string.Join(", ", Schema.Columns.Select(c => c.Name))}");

    /// <summary>The number of a row of this block within its source, from 0.</summary>
    public long NumberOf(int row) => _numbers is null ? FirstRow + row : _numbers[row];

    /// <summary>The given rows of this block, in the given order; they keep their numbers.</summary>
    public RowBlock Take(ReadOnlySpan<int> rows)
    {
        var columns = new Column[Columns.Count];
        for (int c = 0; c < columns.Length; c++)
            columns[c] = Columns[c].Take(rows);
        long[] numbers = new long[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            numbers[i] = NumberOf(rows[i]);
        return new RowBlock(Schema, columns, numbers.Length == 0 ? FirstRow : numbers[0], numbers);
    }

    /// <summary>Other columns for the same rows.</summary>
    public RowBlock With(Schema schema, IReadOnlyList<Column> columns) => new(schema, columns, FirstRow, _numbers);
}
