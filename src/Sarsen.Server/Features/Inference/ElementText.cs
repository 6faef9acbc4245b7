using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Sarsen.Server.Errors;
using Sarsen.Serving.Buffers;

namespace Sarsen.Server.Features.Inference;

/// <summary>What becomes of NaN and infinity, which JSON does not have.</summary>
internal enum NonFinite
{
    Refuse,
    Null,
}

/// <summary>Elements of tensors as JSON.</summary>
internal static class ElementText
{
    /// <summary>Writes the first element of <paramref name="bytes"/>.</summary>
    /// <returns>The bytes that it occupies.</returns>
    /// <exception cref="RequestException">The element has no JSON form.</exception>
    public static int Write(Utf8JsonWriter json, DataType type, ReadOnlySpan<byte> bytes, NonFinite nonFinite)
    {
        switch (type)
        {
            case DataType.Bool: json.WriteBooleanValue(bytes[0] != 0); break;
            case DataType.UInt8: json.WriteNumberValue((uint)bytes[0]); break;
            case DataType.UInt16: json.WriteNumberValue((uint)MemoryMarshal.Read<ushort>(bytes)); break;
            case DataType.UInt32: json.WriteNumberValue(MemoryMarshal.Read<uint>(bytes)); break;
            case DataType.UInt64: json.WriteNumberValue(MemoryMarshal.Read<ulong>(bytes)); break;
            case DataType.Int8: json.WriteNumberValue((int)(sbyte)bytes[0]); break;
            case DataType.Int16: json.WriteNumberValue((int)MemoryMarshal.Read<short>(bytes)); break;
            case DataType.Int32: json.WriteNumberValue(MemoryMarshal.Read<int>(bytes)); break;
            case DataType.Int64: json.WriteNumberValue(MemoryMarshal.Read<long>(bytes)); break;
            case DataType.Fp16: Write(json, (float)MemoryMarshal.Read<Half>(bytes), nonFinite); break;
            case DataType.Bf16: Write(json, BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(bytes) << 16), nonFinite); break;
            case DataType.Fp32: Write(json, MemoryMarshal.Read<float>(bytes), nonFinite); break;
            case DataType.Fp64: Write(json, MemoryMarshal.Read<double>(bytes), nonFinite); break;
            case DataType.Bytes:
                int length = BinaryPrimitives.ReadInt32LittleEndian(bytes);
                ReadOnlySpan<byte> text = bytes.Slice(TensorBuffer.LengthBytes, length);
                if (!Utf8.IsValid(text))
                    throw RequestException.Invalid("a BYTES element is not valid UTF-8, which JSON needs: use binary for it (binary_data, binary_data_size)");
                json.WriteStringValue(text);
                return TensorBuffer.LengthBytes + length;
        }
        return type.Size();
    }

    /// <summary>The value of a number, and its shortest text that reads back as the same.</summary>
    public static (double Value, string Text) Number(DataType type, ReadOnlySpan<byte> bytes)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        switch (type)
        {
            case DataType.Fp32: { float v = MemoryMarshal.Read<float>(bytes); return (v, v.ToString(plain)); }
            case DataType.Fp64: { double v = MemoryMarshal.Read<double>(bytes); return (v, v.ToString(plain)); }
            case DataType.Fp16: { float v = (float)MemoryMarshal.Read<Half>(bytes); return (v, v.ToString(plain)); }
            case DataType.Bf16: { float v = BitConverter.UInt32BitsToSingle((uint)MemoryMarshal.Read<ushort>(bytes) << 16); return (v, v.ToString(plain)); }
            case DataType.UInt8 or DataType.Bool: return (bytes[0], bytes[0].ToString(plain));
            case DataType.UInt16: { ushort v = MemoryMarshal.Read<ushort>(bytes); return (v, v.ToString(plain)); }
            case DataType.UInt32: { uint v = MemoryMarshal.Read<uint>(bytes); return (v, v.ToString(plain)); }
            case DataType.UInt64: { ulong v = MemoryMarshal.Read<ulong>(bytes); return (v, v.ToString(plain)); }
            case DataType.Int8: return ((sbyte)bytes[0], ((sbyte)bytes[0]).ToString(plain));
            case DataType.Int16: { short v = MemoryMarshal.Read<short>(bytes); return (v, v.ToString(plain)); }
            case DataType.Int32: { int v = MemoryMarshal.Read<int>(bytes); return (v, v.ToString(plain)); }
            case DataType.Int64: { long v = MemoryMarshal.Read<long>(bytes); return (v, v.ToString(plain)); }
            default: throw RequestException.Invalid("texts cannot be ranked: 'classification' is for outputs of numbers");
        }
    }

    private static void Write(Utf8JsonWriter json, double value, NonFinite nonFinite)
    {
        if (double.IsFinite(value))
            json.WriteNumberValue(value);
        else
            WriteNonFinite(json, nonFinite);
    }

    private static void Write(Utf8JsonWriter json, float value, NonFinite nonFinite)
    {
        if (float.IsFinite(value))
            json.WriteNumberValue(value);
        else
            WriteNonFinite(json, nonFinite);
    }

    private static void WriteNonFinite(Utf8JsonWriter json, NonFinite nonFinite)
    {
        if (nonFinite == NonFinite.Refuse)
            throw RequestException.Invalid("the answer holds NaN or an infinity, which JSON does not have: ask for the output in binary (binary_data, or binary_data_output for all)");
        json.WriteNullValue();
    }
}
