using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// Writes safetensors files: the same tensors and metadata give the same bytes, in whatever order they come. Wide element
/// types come first, then names in the order of their characters, so that each tensor is aligned to its elements; the
/// header is padded with spaces to a multiple of 8 bytes.
/// </summary>
public static class SafetensorsWriter
{
    private const int WriteBytes = 1 << 30;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Writes a file atomically (<see cref="AtomicFile"/>).</summary>
    /// <param name="path">Where; an older file is replaced.</param>
    /// <param name="tensors">Any strides; names are unique.</param>
    /// <param name="metadata">Texts by name; null for none.</param>
    /// <exception cref="ArgumentException">A name is there twice, is reserved, or is not Unicode.</exception>
    /// <exception cref="IOException">The disk is full or refuses; the file that had this name is untouched.</exception>
    public static void Write(string path, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using AtomicFile file = AtomicFile.Create(path);
        Write(file.Stream, tensors, metadata);
        file.Commit();
    }

    /// <summary>Writes the bytes of a file.</summary>
    /// <inheritdoc cref="Write(string, IEnumerable{ValueTuple{string, Tensor}}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(Stream stream, IEnumerable<(string Name, Tensor Value)> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var values = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var specs = new List<SafetensorsSpec>();
        foreach ((string name, Tensor value) in tensors)
        {
            values.TryAdd(name, value);
            specs.Add(new SafetensorsSpec(name, value.DType, value.Shape));
        }
        SafetensorsSpec[] ordered = Ordered(specs);
        stream.Write(Header(ordered, metadata));
        foreach (SafetensorsSpec spec in ordered)
            WriteData(stream, values[spec.Name] is { IsContiguous: true } value ? value : values[spec.Name].ToGc());
    }

    /// <summary>Wide types first, then by name.</summary>
    internal static SafetensorsSpec[] Ordered(IEnumerable<SafetensorsSpec> tensors) =>
        [.. tensors.OrderByDescending(t => t.Type.Size()).ThenBy(t => t.Name, StringComparer.Ordinal)];

    private static void Check(SafetensorsSpec[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string name, _, _) in ordered)
        {
            if (name == SafetensorsHeader.MetadataKey)
                throw new ArgumentException($"a tensor cannot be named {SafetensorsHeader.MetadataKey}: the format keeps that name for texts");
            if (!names.Add(name))
                throw new ArgumentException($"two tensors have the name '{name}'");
        }
        // Otherwise JSON would put a replacement character in the place of half a surrogate pair.
        foreach (string text in names.Concat(metadata?.SelectMany(m => new[] { m.Key, m.Value }) ?? []))
            s_strict.GetByteCount(text);
    }

    /// <summary>The bytes before the data of tensors that stand in their order.</summary>
    /// <exception cref="ArgumentException">A name is there twice, is reserved, or is not Unicode.</exception>
    internal static ReadOnlySpan<byte> Header(SafetensorsSpec[] ordered, IReadOnlyDictionary<string, string>? metadata)
    {
        Check(ordered, metadata);
        var buffer = new ArrayBufferWriter<byte>();
        buffer.GetSpan(SafetensorsHeader.LengthBytes)[..SafetensorsHeader.LengthBytes].Clear();
        buffer.Advance(SafetensorsHeader.LengthBytes);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            if (metadata is not null)
                WriteMetadata(json, metadata);
            long begin = 0;
            foreach (SafetensorsSpec tensor in ordered)
            {
                long end = checked(begin + tensor.Bytes);
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", SafetensorsType.Word(tensor.Type));
                WriteNumbers(json, "shape", tensor.Shape.AsSpan());
                WriteNumbers(json, "data_offsets", [begin, end]);
                json.WriteEndObject();
                begin = end;
            }
            json.WriteEndObject();
        }
        int padding = -buffer.WrittenCount & 7;
        buffer.GetSpan(padding + 1)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        int length = buffer.WrittenCount - SafetensorsHeader.LengthBytes;
        if (length > SafetensorsHeader.MaxBytes)
            throw new ArgumentException($"the header would have {length} bytes, the format allows {SafetensorsHeader.MaxBytes}: write fewer tensors or less metadata");
        byte[] header = buffer.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(header, length);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string> metadata)
    {
        json.WriteStartObject(SafetensorsHeader.MetadataKey);
        foreach ((string key, string value) in metadata.OrderBy(m => m.Key, StringComparer.Ordinal))
            json.WriteString(key, value);
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string key, ReadOnlySpan<long> numbers)
    {
        json.WriteStartArray(key);
        foreach (long number in numbers)
            json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void WriteData(Stream stream, Tensor value)
    {
        long bytes = value.Count * value.DType.Size();
        for (long at = 0; at < bytes; at += WriteBytes)
            stream.Write(value.BytesAt(at, (int)Math.Min(WriteBytes, bytes - at)));
    }
}
