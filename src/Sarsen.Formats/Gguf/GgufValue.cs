using System.Globalization;

namespace Sarsen.Formats;

/// <summary>A value of a GGUF file's metadata: a number, a truth value, a text, or an array of one of these or of arrays.</summary>
public sealed class GgufValue
{
    private readonly object _value;

    internal GgufValue(GgufValueType type, object value) => (Type, _value) = (type, value);

    public GgufValueType Type { get; }

    public static implicit operator GgufValue(byte value) => new(GgufValueType.U8, value);

    public static implicit operator GgufValue(sbyte value) => new(GgufValueType.I8, value);

    public static implicit operator GgufValue(ushort value) => new(GgufValueType.U16, value);

    public static implicit operator GgufValue(short value) => new(GgufValueType.I16, value);

    public static implicit operator GgufValue(uint value) => new(GgufValueType.U32, value);

    public static implicit operator GgufValue(int value) => new(GgufValueType.I32, value);

    public static implicit operator GgufValue(ulong value) => new(GgufValueType.U64, value);

    public static implicit operator GgufValue(long value) => new(GgufValueType.I64, value);

    public static implicit operator GgufValue(float value) => new(GgufValueType.F32, value);

    public static implicit operator GgufValue(double value) => new(GgufValueType.F64, value);

    public static implicit operator GgufValue(bool value) => new(GgufValueType.Bool, value);

    public static implicit operator GgufValue(string value) => new(GgufValueType.Text, value);

    public static implicit operator GgufValue(GgufArray value) => new(GgufValueType.Array, value);

    /// <summary>The value as the type that it has in C#; an array is a <see cref="GgufArray"/>.</summary>
    public object ToObject() => _value;

    /// <summary>Any whole number that fits; false for other types.</summary>
    public bool TryGetInteger(out long value)
    {
        (value, bool fits) = _value switch
        {
            ulong u => ((long)u, u <= long.MaxValue),
            byte or sbyte or ushort or short or uint or int or long => (Convert.ToInt64(_value, CultureInfo.InvariantCulture), true),
            _ => (0, false),
        };
        return fits;
    }

    /// <summary>Any number; false for other types.</summary>
    public bool TryGetNumber(out double value)
    {
        bool isNumber = Type is not (GgufValueType.Bool or GgufValueType.Text or GgufValueType.Array);
        value = isNumber ? Convert.ToDouble(_value, CultureInfo.InvariantCulture) : 0;
        return isNumber;
    }

    /// <summary>A text, or an array whole: for people.</summary>
    public override string ToString() => Convert.ToString(_value, CultureInfo.InvariantCulture)!;
}
