using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Preprocessing.Steps;

/// <summary>
/// Changes the type of columns. Numbers become integers only where they are whole; text is read as English writes it
/// (1.5, true, 2024-05-01T12:00:00Z); moments are Unix milliseconds. What cannot be changed is refused with its row.
/// </summary>
[Description("Change the type of columns.")]
public sealed record CastStep : PlainStep
{
    [Description("The columns."), MinLength(1)]
    public required IReadOnlyList<string> Columns { get; init; }

    [Description("The type they get.")]
    public required ScalarType To { get; init; }

    internal override Transform Bind(StepInput input) => new ColumnTransform(Word, input,
        input.Select(this, Columns, c => c.Type != ColumnType.Array, "anything but arrays").Select(Change));

    private ColumnChange Change(ColumnInfo input)
    {
        Func<Column, RowBlock, ColumnInfo, Column> map = To switch
        {
            ScalarType.Number => (c, rows, output) => Each(c, rows, output, ToNumber),
            ScalarType.Integer => (c, rows, output) => Each(c, rows, output, ToInteger),
            ScalarType.Boolean => (c, rows, output) => Each(c, rows, output, ToBoolean),
            ScalarType.Text => (c, rows, output) => Texts(c, rows, output),
            _ => (c, rows, output) => Each(c, rows, output, ToTime),
        };
        var output = new ColumnInfo(input.Name, To switch
        {
            ScalarType.Number => ColumnType.Number,
            ScalarType.Integer => ColumnType.Integer,
            ScalarType.Boolean => ColumnType.Boolean,
            ScalarType.Text => ColumnType.Text,
            _ => ColumnType.Time,
        });
        return new ColumnChange(input, output, (column, rows) => map(column, rows, output)) { Undo = y => y };
    }

    private Column<T> Each<T>(Column column, RowBlock rows, ColumnInfo output, Func<Column, int, T?> convert) where T : struct
    {
        var values = new T[column.Count];
        for (int row = 0; row < values.Length; row++)
            values[row] = column.IsMissing(row) ? default : convert(column, row) ?? throw Refusal(column, rows, row);
        return new Column<T>(output, values, column.Missing);
    }

    private Column<string> Texts(Column column, RowBlock rows, ColumnInfo output)
    {
        string[] values = new string[column.Count];
        for (int row = 0; row < values.Length; row++)
            values[row] = column.IsMissing(row) ? "" : ToText(column, row) ?? throw Refusal(column, rows, row);
        return new Column<string>(output, values, column.Missing);
    }

    private FieldException Refusal(Column column, RowBlock rows, int row)
    {
        string value = ColumnValues.Label(column, row);
        return new FieldException($"{Word}: '{column.Info.Name}' of row {rows.NumberOf(row)} is '{value}', which is no {To.ToString().ToLowerInvariant()}; correct it, or leave the row out",
            column.Info.Name, rows.NumberOf(row));
    }

    private static double? ToNumber(Column column, int row) => column switch
    {
        Column<string> texts => double.TryParse(texts.Values[row], NumberStyles.Float, CultureInfo.InvariantCulture, out double x) ? x : null,
        Column<double> numbers => numbers.Values[row],
        Column<long> integers => integers.Values[row],
        _ => ((Column<bool>)column).Values[row] ? 1 : 0,
    };

    private static long? ToInteger(Column column, int row) => column switch
    {
        Column<string> texts => long.TryParse(texts.Values[row], NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long x) ? x : null,
        Column<double> numbers => Math.Abs(numbers.Values[row]) < 1L << 53 && Math.Floor(numbers.Values[row]) == numbers.Values[row] ? (long)numbers.Values[row] : null,
        Column<long> integers => integers.Values[row],
        _ => ((Column<bool>)column).Values[row] ? 1 : 0,
    };

    private static bool? ToBoolean(Column column, int row) => column switch
    {
        Column<string> texts => bool.TryParse(texts.Values[row], out bool x) ? x : null,
        Column<double> numbers => numbers.Values[row] switch { 0 => false, 1 => true, _ => null },
        Column<long> integers => integers.Values[row] switch { 0 => false, 1 => true, _ => null },
        _ => ((Column<bool>)column).Values[row],
    };

    private static long? ToTime(Column column, int row) => column switch
    {
        Column<string> texts => DateTimeOffset.TryParse(texts.Values[row], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out DateTimeOffset t) ? t.ToUnixTimeMilliseconds() : null,
        Column<bool> => null,
        _ => ToInteger(column, row),
    };

    private static string? ToText(Column column, int row)
    {
        if (column.Info.Type != ColumnType.Time)
            return ColumnValues.Label(column, row);
        long milliseconds = ((Column<long>)column).Values[row];
        bool known = milliseconds >= DateTimeOffset.MinValue.ToUnixTimeMilliseconds() && milliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();
        return known ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.FFFZ", CultureInfo.InvariantCulture) : null;
    }
}

/// <summary>A type that <see cref="CastStep"/> can give.</summary>
public enum ScalarType
{
    Number,
    Integer,
    Boolean,
    Text,

    [Description("moments, from ISO 8601 or Unix milliseconds")]
    Time,
}
