using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// The header of a safetensors file: eight bytes with its length, then JSON that says for each tensor
/// <c>{"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}</c>, and under <c>__metadata__</c> texts by name.
/// The data after it must be covered by the tensors, without gaps and without overlap.
/// Source: the format's description in the README of huggingface/safetensors.
/// </summary>
internal ref struct SafetensorsHeader
{
    public const int LengthBytes = sizeof(long);

    /// <summary>The limit of the format's own library.</summary>
    public const int MaxBytes = 100_000_000;

    public const string MetadataKey = "__metadata__";

    private readonly string _file;
    private readonly long _dataBegin, _dataBytes;
    private Utf8JsonReader _json;
    private bool _hasMetadata;

    private SafetensorsHeader(string file, ReadOnlySpan<byte> json, long fileBytes)
    {
        _file = file;
        _dataBegin = LengthBytes + json.Length;
        _dataBytes = fileBytes - _dataBegin;
        _json = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
    }

    public Dictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

    /// <summary>The length that the first bytes say the JSON has.</summary>
    /// <exception cref="ModelFormatException">It is not within the file, or beyond <see cref="MaxBytes"/>.</exception>
    public static int Length(string file, ReadOnlySpan<byte> first, long fileBytes)
    {
        if (first.Length < LengthBytes)
            throw new ModelFormatException(file, 0, $"a safetensors file begins with the 8 bytes of its header's length; the file has {fileBytes} bytes");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(first);
        if (length > MaxBytes)
            throw new ModelFormatException(file, 0, $"the header's length is {length} bytes, at most {MaxBytes} are allowed: this is no safetensors file, or it is damaged");
        if ((long)length > fileBytes - LengthBytes)
            throw new ModelFormatException(file, 0, $"the header's length is {length} bytes, only {fileBytes - LengthBytes} follow: the file is cut off, or no safetensors file");
        return (int)length;
    }

    /// <exception cref="ModelFormatException">The header breaks a rule of the format.</exception>
    public static SafetensorsHeader Read(string file, ReadOnlySpan<byte> json, long fileBytes)
    {
        if (!Utf8.IsValid(json))
            throw new ModelFormatException(file, LengthBytes, "the header is not UTF-8");
        var header = new SafetensorsHeader(file, json, fileBytes);
        try
        {
            header.ReadAll();
        }
        catch (JsonException e)
        {
            throw header.Fail($"the header is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate pair, written as an escape.
            throw header.Fail("a text in the header is not Unicode", e);
        }
        header.CheckCover();
        return header;
    }

    private void ReadAll()
    {
        Next();
        Expect(JsonTokenType.StartObject, "the header must be an object");
        while (NextName() is { } name)
        {
            if (name == MetadataKey)
                ReadMetadata();
            else if (!Entries.TryAdd(name, ReadEntry(name)))
                throw Fail($"the tensor '{name}' is there twice");
        }
        // Anything but white space behind the object is an error of JSON.
        _json.Read();
    }

    private void ReadMetadata()
    {
        if (_hasMetadata)
            throw Fail($"{MetadataKey} is there twice");
        _hasMetadata = true;
        Next();
        Expect(JsonTokenType.StartObject, $"{MetadataKey} must be an object of texts");
        while (NextName() is { } key)
        {
            Next();
            Expect(JsonTokenType.String, $"{MetadataKey}: the value of '{key}' must be a text");
            if (!Metadata.TryAdd(key, _json.GetString()!))
                throw Fail($"{MetadataKey}: '{key}' is there twice");
        }
    }

    private SafetensorsEntry ReadEntry(string name)
    {
        string? type = null;
        long[]? sizes = null, range = null;
        Next();
        Expect(JsonTokenType.StartObject, $"the tensor '{name}' must be an object");
        while (NextName() is { } key)
        {
            Next();
            switch (key)
            {
                case "dtype" when type is null:
                    Expect(JsonTokenType.String, $"the dtype of '{name}' must be a text");
                    type = _json.GetString();
                    break;
                case "shape" when sizes is null:
                    sizes = ReadNumbers(name, key, Shape.MaxRank);
                    break;
                case "data_offsets" when range is null:
                    range = ReadNumbers(name, key, 2);
                    break;
                default:
                    throw Fail($"the tensor '{name}' has the key '{key}', or has it twice; dtype, shape and data_offsets are expected, once each");
            }
        }
        if (type is null || sizes is null || range is not { Length: 2 })
            throw Fail($"the tensor '{name}' must have dtype, shape and data_offsets with two numbers");
        return Entry(name, type, sizes, range[0], range[1]);
    }

    private readonly SafetensorsEntry Entry(string name, string type, long[] sizes, long begin, long end)
    {
        if (!SafetensorsType.TryFind(type, out DType? known, out int bits))
            throw Fail($"the tensor '{name}' has the unknown dtype '{type}'; known are {SafetensorsType.Words}");
        if (begin > end || end > _dataBytes)
            throw Fail($"the tensor '{name}' lies at {begin} to {end} of the data, which has {_dataBytes} bytes: the file is cut off, or its header is damaged");
        // With no size of zero, more elements than this cannot fit the file, whatever the type; so the product cannot overflow.
        long count = sizes.Contains(0) ? 0 : 1;
        foreach (long size in sizes)
        {
            if (count != 0 && size > long.MaxValue / 64 / count)
                throw Fail($"the tensor '{name}' has the shape ({string.Join(", ", sizes)}), which no file can hold");
            count *= size;
        }
        if (count * bits % 8 != 0)
            throw Fail($"the tensor '{name}' has {count} elements of {bits} bits, which do not fill whole bytes");
        long bytes = count * bits / 8;
        if (bytes != end - begin)
            throw Fail($"the tensor '{name}' of {type} ({string.Join(", ", sizes)}) needs {bytes} bytes, its data_offsets give it {end - begin}");
        return new SafetensorsEntry(name, type, known, new Shape(sizes), _dataBegin + begin, bytes);
    }

    // Polyglot files and data read twice are refused: each byte belongs to one tensor.
    private readonly void CheckCover()
    {
        long covered = _dataBegin;
        foreach (SafetensorsEntry entry in Entries.Values.OrderBy(e => e.Offset).ThenBy(e => e.Bytes))
        {
            if (entry.Offset != covered)
            {
                throw new ModelFormatException(_file, entry.Offset, entry.Offset < covered
                    ? $"the tensor '{entry.Name}' begins within the one before it, which ends at byte {covered}"
                    : $"the {entry.Offset - covered} bytes before the tensor '{entry.Name}' belong to no tensor");
            }
            covered += entry.Bytes;
        }
        if (covered != _dataBegin + _dataBytes)
            throw new ModelFormatException(_file, covered, $"the last {_dataBegin + _dataBytes - covered} bytes belong to no tensor");
    }

    private long[] ReadNumbers(string name, string key, int most)
    {
        Expect(JsonTokenType.StartArray, $"the {key} of '{name}' must be a list of numbers");
        var numbers = new List<long>(most);
        for (Next(); _json.TokenType != JsonTokenType.EndArray; Next())
        {
            if (numbers.Count == most)
                throw Fail($"the {key} of '{name}' has more than {most} numbers");
            if (_json.TokenType != JsonTokenType.Number || !_json.TryGetInt64(out long number) || number < 0)
                throw Fail($"the {key} of '{name}' must hold whole numbers from 0 to 2^63 - 1");
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private string? NextName()
    {
        Next();
        return _json.TokenType == JsonTokenType.EndObject ? null : _json.GetString();
    }

    private void Next()
    {
        if (!_json.Read())
            throw Fail("the header ends too early");
    }

    private readonly void Expect(JsonTokenType type, string rule)
    {
        if (_json.TokenType != type)
            throw Fail(rule);
    }

    private readonly ModelFormatException Fail(string message, Exception? inner = null) =>
        new(_file, LengthBytes + _json.TokenStartIndex, message, inner);
}
