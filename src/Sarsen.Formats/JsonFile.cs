using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Sarsen.Formats;

/// <summary>Small JSON files beside weights, which may be damaged or hostile.</summary>
internal static class JsonFile
{
    // Beyond what any configuration nests, and far from the end of the stack.
    private const int Deepest = 64;

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    /// <exception cref="ModelFormatException">It is too long, or not JSON.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static JsonDocument Read(string path, int longest)
    {
        byte[] bytes = ReadBytes(path, longest);
        try
        {
            return JsonDocument.Parse(bytes.AsMemory(MarkBytes(bytes)), new JsonDocumentOptions { MaxDepth = Deepest });
        }
        catch (JsonException e)
        {
            throw new ModelFormatException(path, e.BytePositionInLine ?? 0, $"the file is not JSON: {e.Message}", e);
        }
    }

    /// <exception cref="ModelFormatException">It is too long.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static byte[] ReadBytes(string path, int longest)
    {
        using ModelBytes file = ModelBytes.Open(path);
        if (file.Length > longest)
            throw new ModelFormatException(path, 0, $"the file has {file.Length} bytes, at most {longest} are expected");
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes, 0);
        return bytes;
    }

    /// <exception cref="ModelFormatException">It is not UTF-8.</exception>
    public static string Utf8(string path, byte[] bytes)
    {
        try
        {
            return s_strict.GetString(bytes.AsSpan(MarkBytes(bytes)));
        }
        catch (DecoderFallbackException e)
        {
            throw new ModelFormatException(path, e.Index, "the file is not UTF-8", e);
        }
    }

    /// <summary>The value of that name in an object; null where it is missing.</summary>
    /// <exception cref="ModelFormatException">A name before it is not Unicode.</exception>
    public static JsonElement? Find(string path, JsonElement element, string name) =>
        Unescape<JsonElement?>(path, () => element.TryGetProperty(name, out JsonElement value) ? value : null);

    /// <exception cref="ModelFormatException">It is not Unicode.</exception>
    public static string NameOf(string path, JsonProperty property) => Unescape(path, () => property.Name);

    /// <exception cref="ModelFormatException">It is no text, or not Unicode.</exception>
    public static string TextOf(string path, JsonElement value, string what) => value.ValueKind == JsonValueKind.String
        ? Unescape(path, () => value.GetString()!)
        : throw new ModelFormatException(path, 0, $"{what} must be a text; it is {value.ValueKind}");

    /// <summary>A value as JSON without white space.</summary>
    /// <exception cref="ModelFormatException">A text in it is not Unicode.</exception>
    public static string Compact(string path, JsonElement value) => Unescape(path, () =>
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            value.WriteTo(json);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    });

    // A byte order mark, which some editors write and JSON does not know.
    private static int MarkBytes(ReadOnlySpan<byte> bytes) => bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;

    // Half a surrogate pair, written as an escape, is found out when the text is asked for.
    private static T Unescape<T>(string path, Func<T> text)
    {
        try
        {
            return text();
        }
        catch (InvalidOperationException e)
        {
            throw new ModelFormatException(path, 0, "a text in the file is not Unicode", e);
        }
    }
}
