using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;

namespace Sarsen.Data.Sources.Csv;

/// <summary>Parses the fields of one column into its buffer. One sealed class a type: fields are the hot path.</summary>
internal abstract class CsvColumn(CsvFormat format, ColumnBuffer buffer)
{
    protected CsvFormat Format { get; } = format;

    public ColumnBuffer Buffer { get; } = buffer;

    /// <summary>Sets row <paramref name="row"/> of the buffer, or says why it cannot.</summary>
    public abstract FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted);

    /// <param name="format">The source's options.</param>
    /// <param name="info">The column.</param>
    /// <param name="given">Whether the type was given, not inferred: truth has more words then.</param>
    /// <param name="capacity">Rows of a block.</param>
    public static CsvColumn Of(CsvFormat format, ColumnInfo info, bool given, int capacity) => info.Type switch
    {
        ColumnType.Number => new CsvNumberColumn(format, new ColumnBuffer<double>(info, capacity)),
        ColumnType.Integer => new CsvIntegerColumn(format, new ColumnBuffer<long>(info, capacity)),
        ColumnType.Boolean => new CsvBooleanColumn(format, new ColumnBuffer<bool>(info, capacity), given),
        ColumnType.Time => new CsvTimeColumn(format, new ColumnBuffer<long>(info, capacity)),
        _ => new CsvTextColumn(format, new ColumnBuffer<string>(info, capacity)),
    };

    protected FieldFault Missing(int row)
    {
        Buffer.SetMissing(row);
        return FieldFault.None;
    }
}

internal sealed class CsvNumberColumn(CsvFormat format, ColumnBuffer<double> values) : CsvColumn(format, values)
{
    private readonly byte _decimalPoint = format.DecimalPoint;

    public override FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted)
    {
        ReadOnlySpan<byte> text = Ascii.Trim(field);
        if (Format.IsMissing(text))
            return Missing(row);
        if (NumberText.TryParse(text, _decimalPoint, out double value))
        {
            if (!double.IsFinite(value))
                return FieldFault.OutOfRange;
            values.Set(row, value);
            return FieldFault.None;
        }
        if (!NumberText.TryParseNonFinite(text, out value))
            return FieldFault.NotOfType;
        switch (Format.NonFinite)
        {
            case NonFinite.Keep:
                values.Set(row, value);
                return FieldFault.None;
            case NonFinite.Missing:
                return Missing(row);
            default:
                return FieldFault.NotFinite;
        }
    }
}

internal sealed class CsvIntegerColumn(CsvFormat format, ColumnBuffer<long> values) : CsvColumn(format, values)
{
    public override FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted)
    {
        ReadOnlySpan<byte> text = Ascii.Trim(field);
        if (Format.IsMissing(text))
            return Missing(row);
        FieldFault fault = IntegerText.Parse(text, out long value);
        if (fault is FieldFault.None)
            values.Set(row, value);
        return fault;
    }
}

internal sealed class CsvBooleanColumn(CsvFormat format, ColumnBuffer<bool> values, bool given) : CsvColumn(format, values)
{
    public override FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted)
    {
        ReadOnlySpan<byte> text = Ascii.Trim(field);
        if (Format.IsMissing(text))
            return Missing(row);
        if (!(given ? BooleanText.TryParseGiven(text, out bool value) : BooleanText.TryParse(text, out value)))
            return FieldFault.NotOfType;
        values.Set(row, value);
        return FieldFault.None;
    }
}

internal sealed class CsvTimeColumn(CsvFormat format, ColumnBuffer<long> values) : CsvColumn(format, values)
{
    public override FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted)
    {
        ReadOnlySpan<byte> text = Ascii.Trim(field);
        if (Format.IsMissing(text))
            return Missing(row);
        if (!TimeText.TryParse(text, out long value))
            return FieldFault.NotOfType;
        values.Set(row, value);
        return FieldFault.None;
    }
}

/// <summary>Text is kept as it stands, spaces included. A word for missing in quotes is text: "NA" may be Namibia.</summary>
internal sealed class CsvTextColumn(CsvFormat format, ColumnBuffer<string> values) : CsvColumn(format, values)
{
    private readonly TextCache _cache = new();

    public override FieldFault Parse(int row, ReadOnlySpan<byte> field, bool quoted)
    {
        if (field.Length == 0 ? Format.EmptyIsMissing : !quoted && Format.IsMissing(Ascii.Trim(field)))
            return Missing(row);
        if (_cache.Get(field) is not { } text)
            return FieldFault.NotText;
        values.Set(row, text);
        return FieldFault.None;
    }
}
