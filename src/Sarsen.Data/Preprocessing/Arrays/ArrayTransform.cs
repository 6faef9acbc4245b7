using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>Does one operation to each row of each of its array columns.</summary>
internal sealed class ArrayTransform : Transform
{
    private readonly (int Index, ArrayOperation Operation)[] _columns;

    public ArrayTransform(StepInput input, IReadOnlyList<ColumnInfo> columns, Func<ColumnInfo, ArrayOperation> operation)
        : this(input, [.. columns.Select(c => (input.Schema.IndexOf(c.Name), operation(c)))])
    {
    }

    private ArrayTransform(StepInput input, (int Index, ArrayOperation Operation)[] columns)
        : base(input with { Schema = Replace(input.Schema, columns) }) => _columns = columns;

    public bool IsRandom => _columns.Any(c => c.Operation.IsRandom);

    /// <summary>The operation of a column, or null.</summary>
    public ArrayOperation? Of(string column) =>
        _columns.FirstOrDefault(c => Output.Schema.Columns[c.Index].Name == column).Operation;

    public override RowBlock Apply(RowBlock rows)
    {
        Column[] columns = [.. rows.Columns];
        foreach ((int index, ArrayOperation operation) in _columns)
            columns[index] = Apply((ArrayColumn)columns[index], operation, Output.Schema.Columns[index]);
        return rows.With(Output.Schema, columns);
    }

    private static ArrayColumn Apply(ArrayColumn column, ArrayOperation operation, ColumnInfo output)
    {
        byte[] bytes = new byte[checked((long)column.Count * operation.OutputBytes)];
        for (int row = 0; row < column.Count; row++)
        {
            if (!column.IsMissing(row))
                operation.Run(column.Row(row), bytes.AsSpan(row * operation.OutputBytes, operation.OutputBytes), null);
        }
        return new ArrayColumn(output, bytes, column.Count, column.Missing);
    }

    private static Schema Replace(Schema schema, (int Index, ArrayOperation Operation)[] columns)
    {
        ColumnInfo[] infos = [.. schema.Columns];
        foreach ((int index, ArrayOperation operation) in columns)
            infos[index] = infos[index] with { ElementShape = operation.OutputShape, ElementType = operation.OutputType };
        return new Schema(infos);
    }
}
