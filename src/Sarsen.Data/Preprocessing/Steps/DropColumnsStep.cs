using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>Takes columns away. A column that is dropped before any other step touches it need not be sent at prediction.</summary>
[Description("Take columns away.")]
[DefaultProperty(nameof(Columns))]
public sealed record DropColumnsStep : PlainStep
{
    [Description("The columns."), MinLength(1)]
    public required IReadOnlyList<string> Columns { get; init; }

    internal override Transform Bind(StepInput input)
    {
        if (Columns.FirstOrDefault(input.Targets.Contains) is { } target)
            throw new DataException($"{Word}: column '{target}' is predicted and cannot be dropped; take it out of 'columns'");
        IReadOnlyList<ColumnInfo> dropped = input.Select(this, Columns, _ => true, "any column");
        return new DropColumns(input, [.. Enumerable.Range(0, input.Schema.Columns.Count).Where(i => !dropped.Contains(input.Schema.Columns[i]))]);
    }

    private sealed class DropColumns(StepInput input, int[] kept)
        : Transform(input with { Schema = new Schema([.. kept.Select(i => input.Schema.Columns[i])]) })
    {
        public override RowBlock Apply(RowBlock rows) => rows.With(Output.Schema, [.. kept.Select(i => rows.Columns[i])]);

        // What is taken away may be missing.
        public override bool Fills(string column) => Output.Schema.IndexOf(column) < 0;
    }
}
