using System.ComponentModel;
using Sarsen.Data.Tables;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// y = ln x, or ln (1 + x), in f64. A value outside the domain (x ≤ 0, or x ≤ -1) is refused with its row, at training
/// and at prediction. A column that is predicted is changed only where it is named, and predictions are changed back.
/// </summary>
[Description("Natural logarithm of columns.")]
[DefaultProperty(nameof(Columns))]
public sealed record LogStep : PlainStep
{
    [Description("The columns; nothing: all features that are numbers or integers.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("ln (1 + x) instead of ln x, for values from 0.")]
    public bool PlusOne { get; init; }

    internal override Transform Bind(StepInput input) => new ColumnTransform(Word, input,
        input.Select(this, Columns, ColumnValues.IsNumeric, "numbers").Select(Change));

    private ColumnChange Change(ColumnInfo input)
    {
        var output = new ColumnInfo(input.Name, ColumnType.Number);
        return new ColumnChange(input, output, (column, rows) =>
        {
            ReadOnlySpan<double> from = ColumnValues.Numbers(column);
            double[] to = new double[from.Length];
            for (int row = 0; row < to.Length; row++)
                to[row] = ColumnValues.IsMissing(column, row) ? from[row] : Logarithm(from[row], column, rows, row);
            return new Column<double>(output, to, column.Missing);
        })
        { Undo = y => PlusOne ? default(Expm1).Apply(y) : default(Exp).Apply(y) };
    }

    private double Logarithm(double x, Column column, RowBlock rows, int row)
    {
        double argument = PlusOne ? 1 + x : x;
        if (!(argument > 0))
        {
            throw new FieldException(FormattableString.Invariant(
                $"{Word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is {x}, which has no logarithm; {(PlusOne ? "values above -1" : "values above 0")} expected{(PlusOne || x < 0 ? "" : ": 'plus_one: true' takes zeros")}"),
                column.Info.Name, rows.NumberOf(row));
        }
        // The engine's own logarithms: one result on all platforms.
        return PlusOne ? default(Log1p).Apply(x) : default(Log).Apply(x);
    }
}
