using System.ComponentModel;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// y = (x - mean) / deviation, of the population, in f64; a column of one value gets the deviation 1, as scikit-learn's
/// StandardScaler. A column that is predicted is scaled only where it is named, and predictions are scaled back.
/// </summary>
[Description("Scale columns to mean 0 and deviation 1.")]
[DefaultProperty(nameof(Columns))]
public sealed record StandardScaleStep : FittedStep<IReadOnlyList<ColumnScale>>
{
    [Description("The columns; nothing: all features that are numbers or integers.")]
    public IReadOnlyList<string>? Columns { get; init; }

    internal override IReadOnlyList<ColumnScale> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = rows.Input.Select(this, Columns, ColumnValues.IsNumeric, "numbers");
        ColumnMoments[] moments = ColumnMoments.Of(Word, rows, columns);
        return [.. columns.Select((c, i) => new ColumnScale(c.Name, moments[i].Mean, Spread(moments[i])))];
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnScale> state) => new ColumnTransform(Word, input,
        from scale in state
        let column = input.Find(Word, scale.Column)
        where column is not null
        select ColumnChange.OfNumbers(column, x => (x - scale.Center) / scale.Scale, y => y * scale.Scale + scale.Center));

    // Rounding may leave a column of one value a deviation, and a column of tiny differences none.
    private static double Spread(ColumnMoments m) => m.Minimum == m.Maximum || m.Deviation == 0 ? 1 : m.Deviation;
}
