using System.Globalization;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing;

/// <summary>Values of a column in one common form, whatever it is stored as.</summary>
internal static class ColumnValues
{
    public static bool IsNumeric(ColumnInfo column) => column.Type is ColumnType.Number or ColumnType.Integer;

    public static bool IsScalarNumber(ColumnInfo column) => column.Type is ColumnType.Number or ColumnType.Integer or ColumnType.Boolean;

    public static bool IsLabel(ColumnInfo column) => column.Type is ColumnType.Text or ColumnType.Integer or ColumnType.Boolean;

    /// <summary>Numbers as they are, integers as the nearest number, booleans as 0 and 1, moments as Unix milliseconds.</summary>
    public static ReadOnlySpan<double> Numbers(Column column) => column switch
    {
        Column<double> numbers => numbers.Values,
        Column<long> integers => Array.ConvertAll(integers.Values, static v => (double)v),
        Column<bool> booleans => Array.ConvertAll(booleans.Values, static v => v ? 1.0 : 0.0),
        _ => throw new InvalidOperationException($"column '{column.Info.Name}' holds no numbers"),
    };

    /// <summary>A value as people write it: the name of a category or a class.</summary>
    public static string Label(Column column, int row) => column switch
    {
        Column<string> texts => texts.Values[row],
        Column<long> integers => integers.Values[row].ToString(CultureInfo.InvariantCulture),
        Column<bool> booleans => booleans.Values[row] ? "true" : "false",
        Column<double> numbers => numbers.Values[row].ToString("R", CultureInfo.InvariantCulture),
        _ => throw new InvalidOperationException($"column '{column.Info.Name}' holds no labels"),
    };

    /// <summary>Integers by value, everything else by UTF-16 code units.</summary>
    public static Comparer<string> LabelOrder(ColumnType type) => Comparer<string>.Create(type is ColumnType.Integer or ColumnType.Number
        ? static (a, b) => double.Parse(a, CultureInfo.InvariantCulture).CompareTo(double.Parse(b, CultureInfo.InvariantCulture)) is not 0 and var order ? order : string.CompareOrdinal(a, b)
        : string.CompareOrdinal);

    /// <summary>Whether a row has no value: it is marked missing, or it is not a number.</summary>
    public static bool IsMissing(Column column, int row) =>
        column.IsMissing(row) || column is Column<double> numbers && double.IsNaN(numbers.Values[row]);

    public static FieldException Missing(string word, Column column, RowBlock rows, int row) => new(
        $"{word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is missing; give it, or put an 'impute' (or, for training, a 'drop_missing') before this step",
        column.Info.Name, rows.NumberOf(row));
}
