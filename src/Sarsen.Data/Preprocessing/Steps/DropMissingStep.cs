using System.ComponentModel;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Drops rows of the training, validation and test parts that have a missing value or NaN, and counts them. At
/// prediction no row is dropped: one with a missing value is refused with the name of its field.
/// </summary>
[Description("Drop rows with a missing value; at prediction such a row is refused.")]
[DefaultProperty(nameof(Columns))]
public sealed record DropMissingStep : PlainStep
{
    [Description("The columns that must have a value; nothing: all, the target among them.")]
    public IReadOnlyList<string>? Columns { get; init; }

    internal override Transform Bind(StepInput input)
    {
        IReadOnlyList<ColumnInfo> columns = Columns is null ? input.Schema.Columns : input.Select(this, Columns, _ => true, "any column");
        int[] indices = [.. columns.Select(c => input.Schema.IndexOf(c.Name))];
        return new DropRows(Word, input, everyPart: true, (rows, row) =>
        {
            foreach (int index in indices)
            {
                if (ColumnValues.IsMissing(rows.Columns[index], row))
                    return true;
            }
            return false;
        });
    }
}
