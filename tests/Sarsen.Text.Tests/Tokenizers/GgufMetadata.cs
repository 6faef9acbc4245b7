using System.IO.Compression;
using System.Text;

namespace Sarsen.Text.Tests.Tokenizers;

/// <summary>The metadata of a GGUF file that is trusted: what the vectors need and no more.</summary>
internal static class GgufMetadata
{
    public static Dictionary<string, object> Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using var reader = new BinaryReader(path.EndsWith(".gz", StringComparison.Ordinal) ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress)) : file);
        reader.ReadUInt32().ShouldBe(0x46554747u);
        reader.ReadUInt32().ShouldBe(3u);
        reader.ReadUInt64();
        ulong count = reader.ReadUInt64();
        var metadata = new Dictionary<string, object>(StringComparer.Ordinal);
        for (ulong i = 0; i < count; i++)
        {
            string key = Text(reader);
            metadata[key] = Value(reader, reader.ReadUInt32());
        }
        return metadata;
    }

    private static object Value(BinaryReader reader, uint type) => type switch
    {
        0 => reader.ReadByte(),
        1 => reader.ReadSByte(),
        2 => reader.ReadUInt16(),
        3 => reader.ReadInt16(),
        4 => reader.ReadUInt32(),
        5 => reader.ReadInt32(),
        6 => reader.ReadSingle(),
        7 => reader.ReadBoolean(),
        8 => Text(reader),
        9 => List(reader),
        10 => reader.ReadUInt64(),
        11 => reader.ReadInt64(),
        12 => reader.ReadDouble(),
        _ => throw new InvalidDataException($"type {type}"),
    };

    private static object List(BinaryReader reader)
    {
        uint type = reader.ReadUInt32();
        object[] values = [.. Enumerable.Range(0, (int)reader.ReadUInt64()).Select(_ => Value(reader, type))];
        return type switch
        {
            5 => Array.ConvertAll(values, v => (int)v),
            6 => Array.ConvertAll(values, v => (float)v),
            8 => Array.ConvertAll(values, v => (string)v),
            _ => values,
        };
    }

    private static string Text(BinaryReader reader) => Encoding.UTF8.GetString(reader.ReadBytes((int)reader.ReadUInt64()));
}
