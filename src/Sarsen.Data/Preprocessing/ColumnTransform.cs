using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>What becomes of one column: another one in its place.</summary>
/// <param name="Input">The column that is there.</param>
/// <param name="Output">The column that takes its place, of the same name.</param>
/// <param name="Map">From values to values; missing ones are the map's to keep, to fill in or to refuse.</param>
internal sealed record ColumnChange(ColumnInfo Input, ColumnInfo Output, Func<Column, RowBlock, Column> Map)
{
    /// <summary>From values back, where the column is predicted; null where that cannot be.</summary>
    public Func<double, double>? Undo { get; init; }

    /// <summary>See <see cref="Transform.CategoriesOf"/>.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary>See <see cref="Transform.ElementNames"/>.</summary>
    public IReadOnlyList<string>? ElementNames { get; init; }

    /// <summary>See <see cref="Transform.IdsOf"/>.</summary>
    public int? Ids { get; init; }

    /// <summary>See <see cref="Transform.Fills"/>.</summary>
    public bool Fills { get; init; }

    /// <summary>A change of each number to another, by one formula.</summary>
    public static ColumnChange OfNumbers(ColumnInfo input, Func<double, double> formula, Func<double, double>? undo)
    {
        var output = new ColumnInfo(input.Name, ColumnType.Number);
        return new ColumnChange(input, output, (column, _) =>
        {
            ReadOnlySpan<double> from = ColumnValues.Numbers(column);
            double[] to = new double[from.Length];
            for (int i = 0; i < to.Length; i++)
                to[i] = formula(from[i]);
            return new Column<double>(output, to, column.Missing);
        })
        { Undo = undo };
    }
}

/// <summary>Changes columns one by one, each in its place.</summary>
internal sealed class ColumnTransform : Transform
{
    private readonly (int Index, ColumnChange Change)[] _changes;

    public ColumnTransform(string word, StepInput input, IEnumerable<ColumnChange> changes)
        : this(word, input, [.. changes.Select(c => (input.Schema.IndexOf(c.Input.Name), c))])
    {
    }

    private ColumnTransform(string word, StepInput input, (int Index, ColumnChange Change)[] changes)
        : base(input with { Schema = Replace(input.Schema, changes) })
    {
        _changes = changes;
        foreach ((_, ColumnChange change) in changes)
        {
            if (change.Undo is null && input.Targets.Contains(change.Input.Name) && change.Input.Type is ColumnType.Number or ColumnType.Integer && change.Output != change.Input)
                throw new DataException($"{word}: column '{change.Input.Name}' is predicted, and this step could not be undone in predictions; take it out of 'columns'");
        }
    }

    public override RowBlock Apply(RowBlock rows)
    {
        Column[] columns = [.. rows.Columns];
        foreach ((int index, ColumnChange change) in _changes)
            columns[index] = change.Map(columns[index], rows);
        return rows.With(Output.Schema, columns);
    }

    public override IReadOnlyList<string>? CategoriesOf(string column) => Find(column)?.Categories;

    public override bool Fills(string column) => Find(column)?.Fills ?? false;

    public override double Undo(string column, double value) => Find(column)?.Undo is { } undo ? undo(value) : value;

    public override int? IdsOf(string column) => Find(column)?.Ids;

    public override IReadOnlyList<string>? ElementNames(string column) => Find(column)?.ElementNames;

    private ColumnChange? Find(string column) => _changes.FirstOrDefault(c => c.Change.Input.Name == column).Change;

    private static Schema Replace(Schema schema, (int Index, ColumnChange Change)[] changes)
    {
        ColumnInfo[] columns = [.. schema.Columns];
        foreach ((int index, ColumnChange change) in changes)
            columns[index] = change.Output;
        return new Schema(columns);
    }
}
