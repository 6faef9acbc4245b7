using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>Takes the values of one field into its buffer.</summary>
/// <param name="buffer">Where they go.</param>
/// <param name="given">Whether the type was given, not inferred: numbers may then stand in strings.</param>
internal sealed class JsonColumn(ColumnBuffer buffer, bool given)
{
    private readonly TextCache _cache = new();

    public ColumnBuffer Buffer => buffer;

    public ColumnInfo Info => buffer.Info;

    public bool Given => given;

    public static JsonColumn Of(ColumnInfo info, bool given, int capacity) => new(info.Type switch
    {
        ColumnType.Number => new ColumnBuffer<double>(info, capacity),
        ColumnType.Integer or ColumnType.Time => new ColumnBuffer<long>(info, capacity),
        ColumnType.Boolean => new ColumnBuffer<bool>(info, capacity),
        ColumnType.Array => new ArrayBuffer(info, capacity),
        _ => new ColumnBuffer<string>(info, capacity),
    }, given);

    /// <summary>Takes the value at which the reader stands, and leaves the reader at its end; or says why it cannot.</summary>
    /// <param name="row">The row of the buffer.</param>
    /// <param name="reader">Over the line.</param>
    /// <param name="line">The line, whose bytes are valid UTF-8.</param>
    public FieldFault Parse(int row, ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        if (reader.TokenType is JsonTokenType.Null)
        {
            buffer.SetMissing(row);
            return FieldFault.None;
        }
        return buffer switch
        {
            ColumnBuffer<double> numbers => Number(numbers, row, ref reader),
            ColumnBuffer<long> times when Info.Type is ColumnType.Time => Time(times, row, ref reader),
            ColumnBuffer<long> integers => Integer(integers, row, ref reader),
            ColumnBuffer<bool> truths => Boolean(truths, row, ref reader),
            ArrayBuffer arrays => Array(arrays, row, ref reader),
            ColumnBuffer<string> texts => Text(texts, row, ref reader, line),
            _ => throw new InvalidOperationException($"{Info.Type} has no buffer"),
        };
    }

    private FieldFault Number(ColumnBuffer<double> values, int row, ref Utf8JsonReader reader)
    {
        if (!HasNumber(ref reader) || !NumberText.TryParse(reader.ValueSpan, (byte)'.', out double value))
            return FieldFault.NotOfType;
        if (!double.IsFinite(value))
            return FieldFault.OutOfRange;
        values.Set(row, value);
        return FieldFault.None;
    }

    private FieldFault Integer(ColumnBuffer<long> values, int row, ref Utf8JsonReader reader)
    {
        if (!HasNumber(ref reader))
            return FieldFault.NotOfType;
        FieldFault fault = IntegerText.Parse(reader.ValueSpan, out long value);
        if (fault is FieldFault.None)
            values.Set(row, value);
        return fault;
    }

    private static FieldFault Time(ColumnBuffer<long> values, int row, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String || reader.ValueIsEscaped || !TimeText.TryParse(reader.ValueSpan, out long value))
            return FieldFault.NotOfType;
        values.Set(row, value);
        return FieldFault.None;
    }

    private static FieldFault Boolean(ColumnBuffer<bool> values, int row, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            return FieldFault.NotOfType;
        values.Set(row, reader.TokenType is JsonTokenType.True);
        return FieldFault.None;
    }

    private FieldFault Array(ArrayBuffer values, int row, ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartArray || !JsonArrays.TryShape(reader, out Shape shape) || shape != Info.ElementShape)
            return FieldFault.NotOfType;
        return JsonArrays.Fill(ref reader, MemoryMarshal.Cast<byte, float>(values.Row(row))) ? FieldFault.None : FieldFault.OutOfRange;
    }

    private FieldFault Text(ColumnBuffer<string> values, int row, ref Utf8JsonReader reader, ReadOnlySpan<byte> line)
    {
        string? text;
        if (reader.TokenType is not JsonTokenType.String)
        {
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            text = Encoding.UTF8.GetString(line[start..(int)reader.BytesConsumed]);
        }
        else if (!reader.ValueIsEscaped)
        {
            text = _cache.Get(reader.ValueSpan);
        }
        else
        {
            try
            {
                text = reader.GetString();
            }
            catch (InvalidOperationException)
            {
                // Half of a surrogate pair: valid JSON, but no text.
                text = null;
            }
        }
        if (text is null)
            return FieldFault.NotText;
        values.Set(row, text);
        return FieldFault.None;
    }

    private bool HasNumber(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number || (given && reader.TokenType is JsonTokenType.String && !reader.ValueIsEscaped);
}
