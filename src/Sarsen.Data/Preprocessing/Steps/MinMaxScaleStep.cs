using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// y = low + (high - low) (x - min) / (max - min), in f64, with the bounds of the training rows; a column of one value
/// becomes low, as scikit-learn's MinMaxScaler. Values beyond the bounds go beyond low and high unless clipped.
/// </summary>
[Description("Scale columns to a range.")]
[DefaultProperty(nameof(Columns))]
public sealed record MinMaxScaleStep : FittedStep<IReadOnlyList<ColumnScale>>, IValidatableObject
{
    [Description("The columns; nothing: all features that are numbers or integers.")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("What the smallest training value becomes.")]
    public double Low { get; init; }

    [Description("What the largest training value becomes.")]
    public double High { get; init; } = 1;

    [Description("Values beyond the training rows' bounds become low or high.")]
    public bool Clip { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!(Low < High))
            yield return new ValidationResult(FormattableString.Invariant($"low must be below high, found {Low} and {High}"));
    }

    internal override IReadOnlyList<ColumnScale> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = rows.Input.Select(this, Columns, ColumnValues.IsNumeric, "numbers");
        ColumnMoments[] moments = ColumnMoments.Of(Word, rows, columns);
        return [.. columns.Select((c, i) => new ColumnScale(c.Name, moments[i].Minimum, moments[i].Maximum > moments[i].Minimum ? moments[i].Maximum - moments[i].Minimum : 1))];
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnScale> state) => new ColumnTransform(Word, input,
        from scale in state
        let column = input.Find(Word, scale.Column)
        where column is not null
        select ColumnChange.OfNumbers(column, x => Forward(x, scale), y => (y - Low) / (High - Low) * scale.Scale + scale.Center));

    private double Forward(double x, ColumnScale scale)
    {
        double y = Low + (High - Low) * ((x - scale.Center) / scale.Scale);
        return Clip ? Math.Clamp(y, Low, High) : y;
    }
}
