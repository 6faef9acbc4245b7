using System.Collections;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Sarsen.Data.Tables;
using Sarsen.Formats;
using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing;

/// <summary>
/// Reads rows of raw values as JSON: an object of fields for each. A number is a JSON number, text a string, a moment a
/// string in ISO 8601 or Unix milliseconds, an array nested arrays of numbers, row-major, or where it is a picture of
/// bytes a PNG or JPEG file in base64; null is a missing value.
/// </summary>
/// <param name="fields">The fields of a row.</param>
/// <param name="ignored">Names that may be there and are passed over, such as the column that is predicted.</param>
internal sealed class RowReader(IReadOnlyList<FieldInfo> fields, IReadOnlySet<string> ignored)
{
    private readonly Schema _schema = new([.. fields.Select(f => f.Column)]);

    /// <summary>How many rows there are.</summary>
    /// <exception cref="DataException">It is no row and no array of rows.</exception>
    public static int Count(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => 1,
        JsonValueKind.Array => json.GetArrayLength(),
        _ => throw new DataException($"rows: an object of fields, or an array of such objects expected, found {Kind(json)}"),
    };

    /// <exception cref="FieldException">A field is unknown, there twice, missing, of another type or out of range.</exception>
    /// <exception cref="DataException">It is no row and no array of rows.</exception>
    public RowBlock Read(JsonElement json)
    {
        int count = Count(json);
        var cells = new Cells[fields.Count];
        for (int i = 0; i < cells.Length; i++)
            cells[i] = Cells.Of(fields[i].Column, count);
        int[] seen = new int[cells.Length]; // one above the last row that had the field
        if (json.ValueKind == JsonValueKind.Object)
        {
            ReadRow(json, 0, cells, seen);
        }
        else
        {
            int row = 0;
            foreach (JsonElement element in json.EnumerateArray())
                ReadRow(element, row++, cells, seen);
        }
        return new RowBlock(_schema, Array.ConvertAll(cells, c => c.ToColumn()), 0);
    }

    private void ReadRow(JsonElement json, int row, Cells[] cells, int[] seen)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw new DataException($"rows: row {row} must be an object of fields, found {Kind(json)}");
        int next = 0;
        foreach (JsonProperty property in json.EnumerateObject())
        {
            // Fields mostly come in their order, which spares the name.
            int field = next < fields.Count && property.NameEquals(fields[next].Column.Name) ? next : Find(property.Name, row);
            if (field < 0)
                continue;
            next = field + 1;
            if (seen[field] == row + 1)
                throw Refuse(field, row, "is there twice; keep one");
            seen[field] = row + 1;
            if (property.Value.ValueKind == JsonValueKind.Null)
                Miss(field, row, cells);
            else if (cells[field].Read(property.Value, row) is { } wrong)
                throw Refuse(field, row, wrong);
        }
        for (int field = 0; field < cells.Length; field++)
        {
            if (seen[field] != row + 1)
                Miss(field, row, cells);
        }
    }

    private void Miss(int field, int row, Cells[] cells)
    {
        if (fields[field].Required)
            throw Refuse(field, row, "is missing; send it (a model whose steps have an 'impute' for it takes rows without)");
        cells[field].Miss(row);
    }

    private int Find(string name, int row)
    {
        int field = _schema.IndexOf(name);
        if (field >= 0 || ignored.Contains(name))
            return field;
        string[] names = [.. fields.Select(f => f.Column.Name)];
        string near = Suggestion.Nearest(name, names) is { } other ? $"; did you mean '{other}'?" : ".";
        throw new FieldException($"rows: '{Shorten(name)}' of row {row} is no field of this model{near} Its fields are {string.Join(", ", names.Take(20))}{(names.Length > 20 ? $" and {names.Length - 20} more" : "")}", name, row);
    }

    private FieldException Refuse(int field, int row, string what) =>
        new($"rows: '{fields[field].Column.Name}' of row {row} {what}", fields[field].Column.Name, row);

    private static string Kind(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the text '{Shorten(json.GetString()!)}'",
        JsonValueKind.Number => $"the number {Shorten(json.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";

    /// <summary>The values of one field, row by row.</summary>
    private abstract class Cells(ColumnInfo info, int count)
    {
        public ColumnInfo Info => info;

        /// <summary>The rows without a value; null while there is none.</summary>
        protected BitArray? Missing { get; private set; }

        public void Miss(int row) => (Missing ??= new BitArray(count))[row] = true;

        /// <summary>Reads a value that is not null; what is wrong with it, or null.</summary>
        public abstract string? Read(JsonElement json, int row);

        public abstract Column ToColumn();

        public static Cells Of(ColumnInfo info, int count) => info.Type switch
        {
            ColumnType.Number => new Scalars<double>(info, count, Number),
            ColumnType.Integer => new Scalars<long>(info, count, Integer),
            ColumnType.Boolean => new Scalars<bool>(info, count, Boolean),
            ColumnType.Text => new Scalars<string>(info, count, Text),
            ColumnType.Time => new Scalars<long>(info, count, Time),
            _ => new Arrays(info, count),
        };

        private static string? Number(JsonElement json, out double value)
        {
            value = 0;
            if (json.ValueKind != JsonValueKind.Number)
                return $"must be a number, found {Kind(json)}";
            return json.TryGetDouble(out value) && double.IsFinite(value) ? null : $"is {Shorten(json.GetRawText())}, which is out of the range of 64-bit numbers";
        }

        private static string? Integer(JsonElement json, out long value)
        {
            value = 0;
            if (json.ValueKind != JsonValueKind.Number)
                return $"must be a whole number, found {Kind(json)}";
            if (json.TryGetInt64(out value))
                return null;
            if (!json.TryGetDouble(out double number) || Math.Abs(number) >= 1L << 53)
                return $"is {Shorten(json.GetRawText())}, which is out of the range of 64-bit integers";
            value = (long)number;
            return value == number ? null : $"must be a whole number, found {Kind(json)}";
        }

        private static string? Boolean(JsonElement json, out bool value)
        {
            value = json.ValueKind == JsonValueKind.True;
            return json.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"must be true or false, found {Kind(json)}";
        }

        private static string? Text(JsonElement json, out string value)
        {
            value = json.ValueKind == JsonValueKind.String ? json.GetString()! : "";
            return json.ValueKind == JsonValueKind.String ? null : $"must be text, found {Kind(json)}";
        }

        private static string? Time(JsonElement json, out long value)
        {
            if (json.ValueKind == JsonValueKind.Number)
                return Integer(json, out value);
            bool read = DateTimeOffset.TryParse(json.ValueKind == JsonValueKind.String ? json.GetString() : null, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
            value = read ? time.ToUnixTimeMilliseconds() : 0;
            return read ? null : $"must be a time such as 2024-05-01T12:00:00Z, or Unix milliseconds, found {Kind(json)}";
        }
    }

    private delegate string? Reader<T>(JsonElement json, out T value);

    private sealed class Scalars<T>(ColumnInfo info, int count, Reader<T> reader) : Cells(info, count)
    {
        private readonly T[] _values = typeof(T) == typeof(string) ? (T[])(object)Enumerable.Repeat("", count).ToArray() : new T[count];

        public override Column ToColumn() => new Column<T>(Info, _values, Missing);

        public override string? Read(JsonElement json, int row) => reader(json, out _values[row]);
    }

    private sealed class Arrays(ColumnInfo info, int count) : Cells(info, count)
    {
        private readonly int _count = count;
        private readonly byte[] _bytes = new byte[checked((long)count * info.ElementShape.Count * info.ElementType.Size())];

        public override Column ToColumn() => new ArrayColumn(Info, _bytes, _count, Missing);

        public override string? Read(JsonElement json, int row)
        {
            int width = (int)Info.ElementShape.Count, next = row * width;
            if (json.ValueKind == JsonValueKind.String && PictureText.Reads(Info))
                return PictureText.Read(json.GetString()!, Info, _bytes.AsSpan(next, width));
            return Fill(json, 0, ref next);
        }

        private string? Fill(JsonElement json, int dim, ref int next)
        {
            if (dim == Info.ElementShape.Rank)
                return Put(json, next++);
            if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() != Info.ElementShape[dim])
            {
                string found = json.ValueKind == JsonValueKind.Array ? $"an array of {json.GetArrayLength()}" : Kind(json);
                return $"must be nested arrays of the shape {Info.ElementShape}, found {found} where {Info.ElementShape[dim]} values are expected";
            }
            foreach (JsonElement item in json.EnumerateArray())
            {
                if (Fill(item, dim + 1, ref next) is { } wrong)
                    return wrong;
            }
            return null;
        }

        private string? Put(JsonElement json, int at)
        {
            if (json.ValueKind != JsonValueKind.Number)
                return $"must hold numbers, found {Kind(json)}";
            if (Info.ElementType == DType.U8)
                return json.TryGetByte(out _bytes[at]) ? null : $"must hold whole numbers of 0 .. 255, found {Kind(json)}";
            bool read = json.TryGetSingle(out float value) && float.IsFinite(value);
            MemoryMarshal.Cast<byte, float>(_bytes.AsSpan())[at] = value;
            return read ? null : $"holds {Shorten(json.GetRawText())}, which is out of the range of 32-bit numbers";
        }
    }
}
