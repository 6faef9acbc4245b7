using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.InteropServices;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Fills in missing values and NaN with the mean, the median, the most frequent value (of equals the smallest) or a
/// constant, as scikit-learn's SimpleImputer. At prediction a field whose column is imputed may be missing.
/// </summary>
[Description("Fill in missing values.")]
[DefaultProperty(nameof(Strategy))]
public sealed record ImputeStep : FittedStep<IReadOnlyList<ColumnFill>>, IValidatableObject
{
    // More distinct values than this are measurements, not categories, and a dictionary of them would not be small.
    private const int MostDistinct = 1 << 20;

    [Description("The columns; nothing: all features that the strategy fits (mean, median: numbers; mode: also text and booleans; constant: those it is a value of).")]
    public IReadOnlyList<string>? Columns { get; init; }

    [Description("What takes the place of a missing value.")]
    public ImputeStrategy Strategy { get; init; } = ImputeStrategy.Mean;

    [Description("For the strategy constant: the value.")]
    public string? Value { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((Strategy == ImputeStrategy.Constant) != (Value is not null))
            yield return new ValidationResult("a value and the strategy constant belong together; give both or none");
    }

    internal override IReadOnlyList<ColumnFill> Fit(TrainingRows rows)
    {
        IReadOnlyList<ColumnInfo> columns = rows.Input.Select(this, Columns, Fits, Expected);
        switch (Strategy)
        {
            case ImputeStrategy.Mean:
                ColumnMoments[] moments = ColumnMoments.Of(Word, rows, columns);
                return [.. columns.Select((c, i) => new ColumnFill(c.Name, Text(moments[i].Mean)))];
            case ImputeStrategy.Median:
                double[][] medians = ColumnQuantiles.Of(Word, rows, columns, [0.5]);
                return [.. columns.Select((c, i) => new ColumnFill(c.Name, Text(medians[i][0])))];
            case ImputeStrategy.Mode:
                string[] modes = Modes(rows, columns);
                return [.. columns.Select((c, i) => new ColumnFill(c.Name, modes[i]))];
            default:
                return [.. columns.Select(c => new ColumnFill(c.Name, Value!))];
        }
    }

    internal override Transform Bind(StepInput input, IReadOnlyList<ColumnFill> state) => new ColumnTransform(Word, input,
        from fill in state
        let column = input.Find(Word, fill.Column)
        where column is not null
        select Change(column, fill));

    private ColumnChange Change(ColumnInfo input, ColumnFill fill)
    {
        // A mean of integers is no integer.
        bool widens = Strategy is ImputeStrategy.Mean or ImputeStrategy.Median && input.Type == ColumnType.Integer;
        ColumnInfo output = widens ? input with { Type = ColumnType.Number } : input;
        Func<Column, RowBlock, Column> map = output.Type switch
        {
            ColumnType.Number => Filler<double>(output, double.Parse(fill.Value, CultureInfo.InvariantCulture), c => ColumnValues.Numbers(c).ToArray()),
            ColumnType.Integer => Filler<long>(output, long.Parse(fill.Value, CultureInfo.InvariantCulture)),
            ColumnType.Boolean => Filler<bool>(output, fill.Value == "true"),
            _ => Filler<string>(output, fill.Value),
        };
        return new ColumnChange(input, output, map) { Undo = y => y, Fills = true };
    }

    private static Func<Column, RowBlock, Column> Filler<T>(ColumnInfo output, T fill, Func<Column, T[]>? widen = null) => (column, rows) =>
    {
        if (column is Column<T> && !HasGaps(column))
            return column;
        T[] values = widen is null ? ((Column<T>)column).Values.AsSpan().ToArray() : widen(column);
        for (int row = 0; row < values.Length; row++)
        {
            if (ColumnValues.IsMissing(column, row))
                values[row] = fill;
        }
        return new Column<T>(output, values);
    };

    private static bool HasGaps(Column column) =>
        column.Missing is not null || column is Column<double> numbers && Array.Exists(numbers.Values, double.IsNaN);

    private bool Fits(ColumnInfo column) => Strategy switch
    {
        ImputeStrategy.Mean or ImputeStrategy.Median => ColumnValues.IsNumeric(column),
        ImputeStrategy.Mode => ColumnValues.IsNumeric(column) || ColumnValues.IsLabel(column),
        _ => column.Type switch
        {
            ColumnType.Number => double.TryParse(Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number),
            ColumnType.Integer => long.TryParse(Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            ColumnType.Boolean => Value is "true" or "false",
            ColumnType.Text => true,
            _ => false,
        },
    };

    private string Expected => Strategy switch
    {
        ImputeStrategy.Mean or ImputeStrategy.Median => "numbers",
        ImputeStrategy.Mode => "numbers, text or booleans",
        _ => $"columns that '{Value}' is a value of",
    };

    private string[] Modes(TrainingRows rows, IReadOnlyList<ColumnInfo> columns)
    {
        Dictionary<string, long>[] counts = [.. columns.Select(_ => new Dictionary<string, long>(StringComparer.Ordinal))];
        foreach (RowBlock block in rows.Read())
        {
            for (int c = 0; c < counts.Length; c++)
                Count(block[columns[c].Name], counts[c]);
        }
        return [.. columns.Select((c, i) => counts[i].Count > 0
            ? counts[i].OrderByDescending(e => e.Value).ThenBy(e => e.Key, ColumnValues.LabelOrder(c.Type)).First().Key
            : throw new DataException($"{Word}: column '{c.Name}' has no value in the training rows; drop it with 'drop_columns'"))];
    }

    private void Count(Column column, Dictionary<string, long> counts)
    {
        for (int row = 0; row < column.Count; row++)
        {
            if (!ColumnValues.IsMissing(column, row))
                CollectionsMarshal.GetValueRefOrAddDefault(counts, ColumnValues.Label(column, row), out _)++;
        }
        if (counts.Count > MostDistinct)
            throw new DataException($"{Word}: column '{column.Info.Name}' has more than {MostDistinct} distinct values, so the most frequent one says nothing; use 'strategy: median' or 'strategy: constant'");
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>What takes the place of a missing value.</summary>
public enum ImputeStrategy
{
    Mean,
    Median,

    [Description("the most frequent value")]
    Mode,
    Constant,
}

/// <param name="Column">The column.</param>
/// <param name="Value">What takes the place of a missing value, as text.</param>
public sealed record ColumnFill(string Column, string Value);
