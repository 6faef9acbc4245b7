using System.Text.Json;

namespace Sarsen.Server.Features.Inference;

/// <summary>How an element of a type is read from JSON.</summary>
internal interface IElement<T>
{
    /// <summary>What is expected, in words.</summary>
    static abstract string Expected { get; }

    /// <summary>False where the token is no element of the type, or out of its range.</summary>
    static abstract bool TryRead(ref Utf8JsonReader reader, out T value);
}

internal readonly struct BoolElement : IElement<byte>
{
    public static string Expected => "true or false";

    public static bool TryRead(ref Utf8JsonReader reader, out byte value)
    {
        value = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
        return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
    }
}

internal readonly struct UInt8Element : IElement<byte>
{
    public static string Expected => "a whole number from 0 to 255";

    public static bool TryRead(ref Utf8JsonReader reader, out byte value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetByte(out value);
    }
}

internal readonly struct UInt16Element : IElement<ushort>
{
    public static string Expected => "a whole number from 0 to 65535";

    public static bool TryRead(ref Utf8JsonReader reader, out ushort value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt16(out value);
    }
}

internal readonly struct UInt32Element : IElement<uint>
{
    public static string Expected => "a whole number from 0 to 4294967295";

    public static bool TryRead(ref Utf8JsonReader reader, out uint value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out value);
    }
}

internal readonly struct UInt64Element : IElement<ulong>
{
    public static string Expected => "a whole number of 64 bits, from 0 on";

    public static bool TryRead(ref Utf8JsonReader reader, out ulong value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out value);
    }
}

internal readonly struct Int8Element : IElement<sbyte>
{
    public static string Expected => "a whole number from -128 to 127";

    public static bool TryRead(ref Utf8JsonReader reader, out sbyte value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSByte(out value);
    }
}

internal readonly struct Int16Element : IElement<short>
{
    public static string Expected => "a whole number from -32768 to 32767";

    public static bool TryRead(ref Utf8JsonReader reader, out short value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt16(out value);
    }
}

internal readonly struct Int32Element : IElement<int>
{
    public static string Expected => "a whole number of 32 bits";

    public static bool TryRead(ref Utf8JsonReader reader, out int value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out value);
    }
}

internal readonly struct Int64Element : IElement<long>
{
    public static string Expected => "a whole number of 64 bits";

    public static bool TryRead(ref Utf8JsonReader reader, out long value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out value);
    }
}

internal readonly struct Fp32Element : IElement<float>
{
    public static string Expected => "a number within the range of 32 bits";

    public static bool TryRead(ref Utf8JsonReader reader, out float value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetSingle(out value) && float.IsFinite(value);
    }
}

internal readonly struct Fp64Element : IElement<double>
{
    public static string Expected => "a number within the range of 64 bits";

    public static bool TryRead(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        return reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out value) && double.IsFinite(value);
    }
}
