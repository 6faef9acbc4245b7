using Sarsen.Data.Preprocessing;

namespace Sarsen.Data.Tables;

/// <summary>The rows of a source with the columns that are wanted, by name, in the wanted order and types.</summary>
internal sealed class SelectedRows : IRowSource
{
    private readonly IRowSource _rows;
    private readonly int[] _indices;

    /// <param name="what">What messages call the source: «training», «validation».</param>
    /// <param name="rows">The source.</param>
    /// <param name="schema">What is wanted.</param>
    /// <exception cref="DataException">A column is absent, or has a type that is not the wanted one.</exception>
    public SelectedRows(string what, IRowSource rows, Schema schema)
    {
        (_rows, Schema) = (rows, schema);
        _indices = [.. schema.Columns.Select(c => rows.Schema.IndexOf(c.Name) is >= 0 and var i ? i : throw StepInput.Absent(what, c.Name, rows.Schema))];
        foreach ((int index, ColumnInfo wanted) in _indices.Zip(schema.Columns))
        {
            ColumnInfo found = rows.Schema.Columns[index];
            if (!Fits(found, wanted))
                throw new DataException($"{what}: column '{wanted.Name}' is {StepInput.Described(found)}, but {StepInput.Described(wanted)} in the training data; give the column's type in the source");
        }
    }

    public Schema Schema { get; }

    public IEnumerable<RowBlock> Read(CancellationToken stop) =>
        _rows.Read(stop).Select(block => block.With(Schema, [.. _indices.Select((index, i) => Widen(block.Columns[index], Schema.Columns[i]))]));

    /// <summary>Whether a column can stand for another: it is of the same type, or an integer where a number is wanted.</summary>
    public static bool Fits(ColumnInfo found, ColumnInfo wanted) =>
        found.Type == ColumnType.Integer && wanted.Type == ColumnType.Number || found with { Name = wanted.Name } == wanted;

    /// <summary>The column as the wanted one, which it <see cref="Fits"/>.</summary>
    public static Column Widen(Column column, ColumnInfo wanted) => column is Column<long> integers && wanted.Type == ColumnType.Number
        ? new Column<double>(wanted, ColumnValues.Numbers(integers).ToArray(), column.Missing)
        : column;
}
