using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>What a scaling learns of one column: y = (x - Center) / Scale.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Center">In the column's unit.</param>
/// <param name="Scale">In the column's unit, not zero.</param>
public sealed record ColumnScale(string Column, double Center, double Scale);

/// <summary>Count, mean, spread and bounds of a column, in one pass; missing values and NaN are passed over.</summary>
internal sealed class ColumnMoments
{
    private double _squares;

    public long Count { get; private set; }

    public double Mean { get; private set; }

    public double Minimum { get; private set; } = double.PositiveInfinity;

    public double Maximum { get; private set; } = double.NegativeInfinity;

    /// <summary>Of the population: √(Σ (x - mean)² / n).</summary>
    public double Deviation => Count == 0 ? 0 : Math.Sqrt(_squares / Count);

    // Welford, Technometrics 4 (1962): one value at a time, so that the result does not depend on blocks.
    private void Add(double x)
    {
        Count++;
        double delta = x - Mean;
        Mean += delta / Count;
        _squares += delta * (x - Mean);
        Minimum = Math.Min(Minimum, x);
        Maximum = Math.Max(Maximum, x);
    }

    /// <summary>The moments of each column.</summary>
    /// <exception cref="DataException">A value is infinite, or a column has no value at all.</exception>
    public static ColumnMoments[] Of(string word, TrainingRows rows, IReadOnlyList<ColumnInfo> columns)
    {
        var moments = new ColumnMoments[columns.Count];
        for (int i = 0; i < moments.Length; i++)
            moments[i] = new ColumnMoments();
        foreach (RowBlock block in rows.Read())
        {
            for (int i = 0; i < moments.Length; i++)
                moments[i].Add(word, block[columns[i].Name], block);
        }
        for (int i = 0; i < moments.Length; i++)
        {
            if (moments[i].Count == 0)
                throw new DataException($"{word}: column '{columns[i].Name}' has no value in the training rows; drop it with 'drop_columns'");
        }
        return moments;
    }

    private void Add(string word, Column column, RowBlock rows)
    {
        ReadOnlySpan<double> values = ColumnValues.Numbers(column);
        for (int row = 0; row < values.Length; row++)
        {
            if (ColumnValues.IsMissing(column, row))
                continue;
            if (double.IsInfinity(values[row]))
                throw new FieldException($"{word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is infinite; correct it, or leave the row out", column.Info.Name, rows.NumberOf(row));
            Add(values[row]);
        }
    }
}
