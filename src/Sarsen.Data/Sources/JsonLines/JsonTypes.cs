using System.Text.Json;
using Sarsen.Data.Sources.Values;
using Sarsen.Data.Tables;
using Sarsen.Tensors;

namespace Sarsen.Data.Sources.JsonLines;

/// <summary>
/// The type of a field, from its values in a sample that are not null:
/// <list type="bullet">
/// <item>true and false alone: Boolean.</item>
/// <item>Numbers alone: Integer where all are written without point and exponent and fit 64 bits, else Number.</item>
/// <item>Strings alone: Time where all are moments in ISO 8601 (see <see cref="TimeText"/>), else Text.</item>
/// <item>Arrays of numbers alone, also nested, all of one shape: Array, F32.</item>
/// <item>Whatever else (objects, other arrays, several kinds): Text, which holds strings as they are and all else as its JSON.</item>
/// <item>No value: Text.</item>
/// </list>
/// </summary>
internal sealed class JsonTypes
{
    private bool _boolean, _integer, _number, _time, _text, _array, _other;
    private Shape _shape;

    /// <summary>Adds the value at which the reader stands, and leaves the reader at its end.</summary>
    public void Add(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null:
                break;
            case JsonTokenType.True or JsonTokenType.False:
                _boolean = true;
                break;
            case JsonTokenType.Number when reader.TryGetInt64(out _) && !reader.ValueSpan.ContainsAny("eE."u8):
                _integer = true;
                break;
            case JsonTokenType.Number:
                _number = true;
                break;
            case JsonTokenType.String when !reader.ValueIsEscaped && TimeText.TryParse(reader.ValueSpan, out _):
                _time = true;
                break;
            case JsonTokenType.String:
                _text = true;
                break;
            case JsonTokenType.StartArray when JsonArrays.TryShape(reader, out Shape shape):
                _other |= _array && shape != _shape;
                (_array, _shape) = (true, shape);
                reader.Skip();
                break;
            default:
                _other = true;
                reader.Skip();
                break;
        }
    }

    public ColumnInfo Of(string name)
    {
        bool numeric = _integer || _number, text = _time || _text;
        int kinds = (_boolean ? 1 : 0) + (numeric ? 1 : 0) + (text ? 1 : 0) + (_array ? 1 : 0);
        return kinds != 1 || _other ? new ColumnInfo(name, ColumnType.Text)
            : _array ? new ColumnInfo(name, ColumnType.Array, _shape, DType.F32)
            : new ColumnInfo(name, _boolean ? ColumnType.Boolean : _number ? ColumnType.Number : _integer ? ColumnType.Integer : _text ? ColumnType.Text : ColumnType.Time);
    }
}
