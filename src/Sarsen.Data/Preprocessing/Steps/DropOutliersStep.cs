using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Drops rows of the training part that have a value outside [low, high] of its column: mean ± threshold · deviation, or
/// Q1 - threshold · IQR to Q3 + threshold · IQR, of the training rows. Validation and test keep theirs, so that what is
/// measured is what will be met; prediction lets them pass. Missing values are no outliers.
/// </summary>
[Description("Drop training rows with extreme values.")]
[DefaultProperty(nameof(Method))]
public sealed record DropOutliersStep : FittedStep<IReadOnlyList<ColumnBounds>>
{
    [Description("The columns; nothing: all features that are numbers or integers.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("How the bounds are found.")]
    public OutlierMethod Method { get; init; } = OutlierMethod.ZScore;

    [Description("Deviations from the mean, or interquartile ranges beyond the quartiles; nothing: 3, or 1.5."), Range(0, double.MaxValue, MinimumIsExclusive = true)]
    public double? Threshold { get; init; }

    internal override IReadOnlyList<ColumnBounds> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = rows.Input.Select(this, Columns, ColumnValues.IsNumeric, "numbers");
        if (Method == OutlierMethod.Iqr)
        {
            double width = Threshold ?? 1.5;
            double[][] quartiles = ColumnQuantiles.Of(Word, rows, columns, [0.25, 0.75]);
            return [.. columns.Select((c, i) => Around(c, quartiles[i][0], quartiles[i][1], width * (quartiles[i][1] - quartiles[i][0])))];
        }
        ColumnMoments[] moments = ColumnMoments.Of(Word, rows, columns);
        return [.. columns.Select((c, i) => Around(c, moments[i].Mean, moments[i].Mean, (Threshold ?? 3) * moments[i].Deviation))];
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnBounds> state)
    {
        (int Index, ColumnBounds Bounds)[] columns =
            [.. state.Where(b => input.Find(Word, b.Column) is not null).Select(b => (input.Schema.IndexOf(b.Column), b))];
        return new DropRows(Word, input, everyPart: false, (rows, row) =>
        {
            foreach ((int index, ColumnBounds bounds) in columns)
            {
                Column column = rows.Columns[index];
                if (!ColumnValues.IsMissing(column, row) && Value(column, row) is var x && (x < bounds.Low || x > bounds.High))
                    return true;
            }
            return false;
        });
    }

    private static ColumnBounds Around(ColumnInfo column, double low, double high, double margin) => new(column.Name, low - margin, high + margin);

    private static double Value(Column column, int row) => column is Column<long> integers ? integers.Values[row] : ((Column<double>)column).Values[row];
}

/// <summary>How <see cref="DropOutliersStep"/> finds its bounds.</summary>
public enum OutlierMethod
{
    [Description("so many deviations from the mean")]
    ZScore,

    [Description("so many interquartile ranges beyond the quartiles")]
    Iqr,
}

/// <param name="Column">The column.</param>
/// <param name="Low">The smallest value that is kept, in the column's unit.</param>
/// <param name="High">The largest.</param>
public sealed record ColumnBounds(string Column, double Low, double High);
