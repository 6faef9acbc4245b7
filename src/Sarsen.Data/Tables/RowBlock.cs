namespace Sarsen.Data.Tables;

/// <summary>A run of consecutive rows, held by columns: the unit in which sources are read and transforms applied.</summary>
/// <param name="schema">The columns.</param>
/// <param name="columns">One per schema column, all of one length.</param>
/// <param name="firstRow">The number of the first row within its source, from 0.</param>
public sealed class RowBlock(Schema schema, IReadOnlyList<Column> columns, long firstRow)
{
    public Schema Schema { get; } = schema;

    public IReadOnlyList<Column> Columns { get; } = columns;

    public long FirstRow { get; } = firstRow;

    public int Count => Columns.Count == 0 ? 0 : Columns[0].Count;

    /// <exception cref="KeyNotFoundException">There is no column of that name.</exception>
    public Column this[string name] => Schema.IndexOf(name) is >= 0 and var i
        ? Columns[i]
        : throw new KeyNotFoundException($"no column '{name}'; there are: {string.Join(", ", Schema.Columns.Select(c => c.Name))}");
}
