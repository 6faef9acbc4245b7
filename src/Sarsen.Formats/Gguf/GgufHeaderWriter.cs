using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>The header of a GGUF file, version 3, little-endian: what <see cref="GgufHeader"/> reads.</summary>
internal static class GgufHeaderWriter
{
    public const string QuantisationKey = "general.quantization_version";

    // Of the blocks of ggml, which have had this number since 2023.
    private const uint QuantisationVersion = 2;

    // The limits of ggml's reader.
    private const int LongestName = 63, MostDimensions = 4;
    private const uint LargestAlignment = 1 << 16;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <returns>The header, padded to where the data begins.</returns>
    /// <exception cref="ArgumentException">A key or name is there twice, too long or not Unicode, or a shape does not suit its type.</exception>
    public static ReadOnlySpan<byte> Write(IEnumerable<KeyValuePair<string, GgufValue>> metadata, IReadOnlyList<GgufTensorSpec> tensors, out int alignment)
    {
        Dictionary<string, GgufValue> values = Checked(metadata);
        if (tensors.Any(t => t.Type.BlockLength > 1))
            values.TryAdd(QuantisationKey, QuantisationVersion);
        alignment = Alignment(values);
        var header = new ArrayBufferWriter<byte>();
        Put(header, GgufHeader.Magic);
        Put(header, GgufHeader.LatestVersion);
        Put(header, (long)tensors.Count);
        Put(header, (long)values.Count);
        foreach ((string key, GgufValue value) in values)
        {
            PutText(header, key);
            Put(header, (uint)value.Type);
            PutValue(header, value.ToObject());
        }
        PutTensors(header, tensors, alignment);
        int padding = (int)Padding(header.WrittenCount, alignment);
        header.GetSpan(padding)[..padding].Clear();
        header.Advance(padding);
        return header.WrittenSpan;
    }

    /// <summary>Bytes to the next multiple.</summary>
    public static long Padding(long at, int alignment) => -at & (alignment - 1);

    private static Dictionary<string, GgufValue> Checked(IEnumerable<KeyValuePair<string, GgufValue>> metadata)
    {
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        foreach ((string key, GgufValue value) in metadata)
        {
            if (key.Length == 0 || s_strict.GetByteCount(key) > GgufHeader.LongestKey)
                throw new ArgumentException($"the metadata key '{key}' must have 1 to {GgufHeader.LongestKey} bytes", nameof(metadata));
            if (!values.TryAdd(key, value))
                throw new ArgumentException($"the metadata key '{key}' is there twice", nameof(metadata));
        }
        return values;
    }

    private static int Alignment(Dictionary<string, GgufValue> values)
    {
        if (!values.TryGetValue(GgufHeader.AlignmentKey, out GgufValue? value))
            return GgufHeader.DefaultAlignment;
        return value.ToObject() is uint alignment and >= 8 and <= LargestAlignment && (alignment & (alignment - 1)) == 0
            ? (int)alignment
            : throw new ArgumentException($"{GgufHeader.AlignmentKey} is {value} ({value.Type}); a power of two from 8 to {LargestAlignment} (U32) is expected");
    }

    private static void PutTensors(ArrayBufferWriter<byte> header, IReadOnlyList<GgufTensorSpec> tensors, int alignment)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        long offset = 0;
        foreach (GgufTensorSpec tensor in tensors)
        {
            (string name, BlockType type, Shape shape) = tensor;
            if (name.Length == 0 || s_strict.GetByteCount(name) > LongestName)
                throw new ArgumentException($"the tensor name '{name}' must have 1 to {LongestName} bytes", nameof(tensors));
            if (!names.Add(name))
                throw new ArgumentException($"two tensors have the name '{name}'", nameof(tensors));
            if (shape.Rank > MostDimensions)
                throw new ArgumentException($"'{name}' has the shape {shape}; GGUF has at most {MostDimensions} dimensions", nameof(tensors));
            if ((shape.Rank == 0 ? 1 : shape[-1]) % type.BlockLength != 0)
                throw new ArgumentException($"'{name}' has rows of {(shape.Rank == 0 ? 1 : shape[-1])} elements, {type} needs a multiple of {type.BlockLength}: take another type, such as F16", nameof(tensors));
            PutText(header, name);
            Put(header, (uint)shape.Rank);
            for (int d = shape.Rank - 1; d >= 0; d--)
                Put(header, shape[d]);
            Put(header, type.Id);
            Put(header, offset);
            offset = checked(offset + tensor.Bytes + Padding(tensor.Bytes, alignment));
        }
    }

    private static void PutValue(ArrayBufferWriter<byte> header, object value)
    {
        switch (value)
        {
            case byte x: Put(header, x); break;
            case sbyte x: Put(header, x); break;
            case ushort x: Put(header, x); break;
            case short x: Put(header, x); break;
            case uint x: Put(header, x); break;
            case int x: Put(header, x); break;
            case ulong x: Put(header, x); break;
            case long x: Put(header, x); break;
            case float x: Put(header, x); break;
            case double x: Put(header, x); break;
            case bool x: Put(header, x); break;
            case string x: PutText(header, x); break;
            case GgufArray x: PutArray(header, x); break;
        }
    }

    private static void PutArray(ArrayBufferWriter<byte> header, GgufArray array)
    {
        Put(header, (uint)array.ElementType);
        Put(header, (long)array.Count);
        for (int i = 0; i < array.Count; i++)
            PutValue(header, array[i]);
    }

    private static void PutText(ArrayBufferWriter<byte> header, string text)
    {
        int bytes = s_strict.GetByteCount(text);
        Put(header, (long)bytes);
        s_strict.GetBytes(text, header.GetSpan(bytes));
        header.Advance(bytes);
    }

    private static void Put<T>(ArrayBufferWriter<byte> header, T value) where T : unmanaged
    {
        MemoryMarshal.Write(header.GetSpan(Unsafe.SizeOf<T>()), in value);
        header.Advance(Unsafe.SizeOf<T>());
    }
}
