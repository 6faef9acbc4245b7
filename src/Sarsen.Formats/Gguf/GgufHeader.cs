using Sarsen.Formats.Blocks;
using Sarsen.Tensors;

namespace Sarsen.Formats;

/// <summary>
/// The header of a GGUF file, versions 2 and 3, little-endian: <c>GGUF</c>, the version, the numbers of tensors and of
/// metadata, the metadata (key, type, value), for each tensor its name, sizes (innermost first), type and offset; then, at the
/// next multiple of <c>general.alignment</c>, the data. Source: docs/gguf.md of ggml-org/ggml.
/// </summary>
internal static class GgufHeader
{
    public const uint Magic = 0x46554747, LatestVersion = 3;
    public const string AlignmentKey = "general.alignment";
    public const int DefaultAlignment = 32, LongestKey = 65535;

    private const int OldestVersion = 2, DeepestArray = 4, LongestText = 1 << 28;

    // Key, type and one byte; name, rank, type and offset.
    private const int LeastValueBytes = 8 + 4 + 1, LeastTensorBytes = 8 + 4 + 4 + 8;

    /// <exception cref="ModelFormatException">It breaks a rule of the format.</exception>
    public static (uint Version, long Alignment, GgufMetadata Metadata, Dictionary<string, GgufTensor> Tensors) Read(ModelBytes file)
    {
        using var cursor = new GgufCursor(file);
        uint version = ReadVersion(cursor);
        long tensorCount = cursor.Count(LeastTensorBytes, "tensors"), valueCount = cursor.Count(LeastValueBytes, "metadata values");
        var values = new Dictionary<string, GgufValue>(StringComparer.Ordinal);
        for (long i = 0; i < valueCount; i++)
        {
            string key = cursor.Text(LongestKey, "a metadata key");
            GgufValueType type = ReadType(cursor, key);
            if (!values.TryAdd(key, ReadValue(cursor, type, key)))
                throw cursor.Fail($"the metadata key '{key}' is there twice");
        }
        long alignment = Alignment(cursor, values);
        var tensors = new Dictionary<string, GgufTensor>(StringComparer.Ordinal);
        for (long i = 0; i < tensorCount; i++)
        {
            GgufTensor tensor = ReadTensor(cursor, alignment);
            if (!tensors.TryAdd(tensor.Name, tensor))
                throw cursor.Fail($"the tensor '{tensor.Name}' is there twice");
        }
        return (version, alignment, new GgufMetadata(file.Path, values), Place(cursor, file, tensors, alignment));
    }

    private static uint ReadVersion(GgufCursor cursor)
    {
        if (cursor.Left < 8 || cursor.Read<uint>("the magic number") != Magic)
            throw new ModelFormatException(cursor.Path, 0, "a GGUF file begins with the letters GGUF and its version: this is another file, or it is cut off");
        uint version = cursor.Read<uint>("the version");
        if (version is >= OldestVersion and <= LatestVersion)
            return version;
        throw cursor.Fail((version & 0xFFFF) == 0
            ? "the file is big-endian, only little-endian files are supported: convert it on the machine it was made for"
            : $"the file has version {version} of GGUF, {OldestVersion} and {LatestVersion} are supported: convert the model anew with current tools");
    }

    private static GgufValueType ReadType(GgufCursor cursor, string key)
    {
        uint type = cursor.Read<uint>($"the type of '{key}'");
        return type <= (uint)GgufValueType.F64 ? (GgufValueType)type : throw cursor.Fail($"the metadata '{key}' has the unknown type {type}, 0 to {(uint)GgufValueType.F64} are known");
    }

    private static GgufValue ReadValue(GgufCursor cursor, GgufValueType type, string key) => type switch
    {
        GgufValueType.U8 => cursor.Read<byte>(key),
        GgufValueType.I8 => cursor.Read<sbyte>(key),
        GgufValueType.U16 => cursor.Read<ushort>(key),
        GgufValueType.I16 => cursor.Read<short>(key),
        GgufValueType.U32 => cursor.Read<uint>(key),
        GgufValueType.I32 => cursor.Read<int>(key),
        GgufValueType.U64 => cursor.Read<ulong>(key),
        GgufValueType.I64 => cursor.Read<long>(key),
        GgufValueType.F32 => cursor.Read<float>(key),
        GgufValueType.F64 => cursor.Read<double>(key),
        GgufValueType.Bool => ReadBools(cursor, 1, key)[0],
        GgufValueType.Text => cursor.Text(LongestText, $"the text '{key}'"),
        _ => ReadArray(cursor, key, 1),
    };

    private static GgufArray ReadArray(GgufCursor cursor, string key, int depth)
    {
        if (depth > DeepestArray)
            throw cursor.Fail($"the metadata '{key}' has arrays in arrays, more than {DeepestArray} deep");
        GgufValueType type = ReadType(cursor, key);
        string what = $"elements of '{key}'";
        return type switch
        {
            GgufValueType.U8 => Numbers<byte>(cursor, what),
            GgufValueType.I8 => Numbers<sbyte>(cursor, what),
            GgufValueType.U16 => Numbers<ushort>(cursor, what),
            GgufValueType.I16 => Numbers<short>(cursor, what),
            GgufValueType.U32 => Numbers<uint>(cursor, what),
            GgufValueType.I32 => Numbers<int>(cursor, what),
            GgufValueType.U64 => Numbers<ulong>(cursor, what),
            GgufValueType.I64 => Numbers<long>(cursor, what),
            GgufValueType.F32 => Numbers<float>(cursor, what),
            GgufValueType.F64 => Numbers<double>(cursor, what),
            GgufValueType.Bool => GgufArray.Of(ReadBools(cursor, cursor.Count(1, what), key)),
            GgufValueType.Text => GgufArray.Of(Texts(cursor, what, key)),
            _ => GgufArray.Of(Arrays(cursor, what, key, depth)),
        };
    }

    private static unsafe GgufArray Numbers<T>(GgufCursor cursor, string what) where T : unmanaged =>
        GgufArray.Of(cursor.Array<T>(cursor.Count(sizeof(T), what), what));

    private static bool[] ReadBools(GgufCursor cursor, long count, string key)
    {
        byte[] bytes = cursor.Array<byte>(count, key);
        if (bytes.AsSpan().IndexOfAnyExceptInRange((byte)0, (byte)1) is var bad and >= 0)
            throw cursor.Fail($"the metadata '{key}' holds the truth value {bytes[bad]}; 0 or 1 is expected");
        return Array.ConvertAll(bytes, b => b != 0);
    }

    private static string[] Texts(GgufCursor cursor, string what, string key)
    {
        var texts = new string[cursor.Count(sizeof(long), what)];
        string element = $"a text of '{key}'";
        for (int i = 0; i < texts.Length; i++)
            texts[i] = cursor.Text(LongestText, element);
        return texts;
    }

    private static GgufArray[] Arrays(GgufCursor cursor, string what, string key, int depth)
    {
        var arrays = new GgufArray[cursor.Count(sizeof(uint) + sizeof(long), what)];
        for (int i = 0; i < arrays.Length; i++)
            arrays[i] = ReadArray(cursor, key, depth + 1);
        return arrays;
    }

    private static long Alignment(GgufCursor cursor, Dictionary<string, GgufValue> values)
    {
        if (!values.TryGetValue(AlignmentKey, out GgufValue? value))
            return DefaultAlignment;
        return value.ToObject() is uint alignment && alignment != 0 && alignment % 8 == 0
            ? alignment
            : throw cursor.Fail($"{AlignmentKey} is {value} ({value.Type}); a multiple of 8 (U32) is expected");
    }

    // The offset is the one of the file, from the beginning of the data, until Place.
    private static GgufTensor ReadTensor(GgufCursor cursor, long alignment)
    {
        string name = cursor.Text(LongestKey, "a tensor's name");
        uint rank = cursor.Read<uint>(name);
        if (rank > Shape.MaxRank)
            throw cursor.Fail($"the tensor '{name}' has {rank} dimensions, at most {Shape.MaxRank} are supported");
        Span<long> sizes = stackalloc long[(int)rank];
        for (int d = sizes.Length - 1; d >= 0; d--)
        {
            ulong size = cursor.Read<ulong>(name);
            sizes[d] = size <= long.MaxValue ? (long)size : throw cursor.Fail($"the tensor '{name}' has the size {size}, which no file can hold");
        }
        uint id = cursor.Read<uint>(name);
        if (!BlockTypes.TryFind(id, out BlockType? type))
            throw cursor.Fail($"the tensor '{name}' has the unknown type {id}; known are {string.Join(", ", BlockTypes.All.Select(t => t.Name))}");
        ulong offset = cursor.Read<ulong>(name);
        if (offset > long.MaxValue || (long)offset % alignment != 0)
            throw cursor.Fail($"the tensor '{name}' begins at byte {offset} of the data, which is no multiple of the alignment {alignment}");
        Shape shape = CheckedShape(cursor, name, type, sizes);
        return new GgufTensor(name, type, shape, (long)offset, type.Bytes(shape.Count));
    }

    private static Shape CheckedShape(GgufCursor cursor, string name, BlockType type, ReadOnlySpan<long> sizes)
    {
        // An element of the smallest block has more than a bit, so a product beyond this fits no file; sizes of zero count as one,
        // so that the elements of a row are sound as well.
        long count = 1;
        foreach (long size in sizes)
        {
            if (size > long.MaxValue / 512 / count)
                throw cursor.Fail($"the tensor '{name}' has the shape ({string.Join(", ", sizes.ToArray())}), which no file can hold");
            count *= Math.Max(1, size);
        }
        long row = sizes.Length == 0 ? 1 : sizes[^1];
        if (row % type.BlockLength != 0)
            throw cursor.Fail($"the tensor '{name}' has rows of {row} elements, {type} needs a multiple of {type.BlockLength}");
        return new Shape(sizes);
    }

    // Each byte belongs to one tensor at most, and to the file.
    private static Dictionary<string, GgufTensor> Place(GgufCursor cursor, ModelBytes file, Dictionary<string, GgufTensor> tensors, long alignment)
    {
        long begin = checked((cursor.Position + alignment - 1) / alignment * alignment), room = Math.Max(0, file.Length - begin), covered = 0;
        var placed = new Dictionary<string, GgufTensor>(tensors.Count, StringComparer.Ordinal);
        GgufTensor[] ordered = [.. tensors.Values];
        Array.Sort(ordered, (a, b) => (a.Offset, a.Bytes).CompareTo((b.Offset, b.Bytes)));
        foreach (GgufTensor tensor in ordered)
        {
            // What has no bytes lies nowhere, and often behind the end.
            if (tensor.Bytes == 0)
            {
                placed.Add(tensor.Name, tensor with { Offset = begin });
                continue;
            }
            if (tensor.Offset > room || tensor.Bytes > room - tensor.Offset)
                throw cursor.Fail($"the tensor '{tensor.Name}' of {tensor.Type} {tensor.Shape} takes {tensor.Bytes} bytes from byte {tensor.Offset} of the data, which has {room}: the file is cut off, or its header is damaged");
            if (tensor.Offset < covered)
                throw cursor.Fail($"the tensor '{tensor.Name}' begins within the one before it, which ends at byte {covered} of the data");
            covered = tensor.Offset + tensor.Bytes;
            placed.Add(tensor.Name, tensor with { Offset = begin + tensor.Offset });
        }
        return placed;
    }
}
