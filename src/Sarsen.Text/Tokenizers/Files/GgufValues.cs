using System.Globalization;
using Sarsen.Formats;

namespace Sarsen.Text.Tokenizers;

/// <summary>The values below <c>tokenizer.ggml.</c>, each checked for its type when it is asked for.</summary>
internal sealed class GgufValues(IReadOnlyDictionary<string, object> metadata, string file)
{
    private const string Prefix = "tokenizer.ggml.";

    public string File => file;

    public string? Text(string key) => Find(key) switch
    {
        null => null,
        string text => text,
        _ => throw Wrong(key, "a text"),
    };

    public bool? Flag(string key) => Find(key) switch
    {
        null => null,
        bool flag => flag,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>The id of a token; -1 in the file means none.</summary>
    public int? Id(string key, int size)
    {
        if (Find(key) is not { } value || !Whole(value, key, out long id) || id is -1 or uint.MaxValue)
            return null;
        return id >= 0 && id < size ? (int)id : throw Wrong(key, $"an id below {size}");
    }

    public IReadOnlyList<string>? Texts(string key) => Find(key) switch
    {
        null => null,
        IReadOnlyList<string> texts => texts,
        _ => throw Wrong(key, "a list of texts"),
    };

    public int[]? Integers(string key, int count) => List(key, count, value => Whole(value, key, out long number) ? (int)number : 0);

    public float[]? Floats(string key, int count) => List(key, count, value => value switch
    {
        float number => float.IsFinite(number) ? number : throw Wrong(key, "finite numbers"),
        double number => (float)number,
        _ => throw Wrong(key, "numbers"),
    });

    public byte[]? Bytes(string key) => Find(key) switch
    {
        null => null,
        byte[] bytes => bytes,
        IReadOnlyList<byte> bytes => [.. bytes],
        IReadOnlyList<sbyte> bytes => [.. bytes.Select(b => (byte)b)],
        _ => throw Wrong(key, "bytes"),
    };

    public ModelFormatException Missing(string key) => new(file, 0, $"{Prefix}{key} is not in the metadata, which this tokenizer needs");

    private T[]? List<T>(string key, int count, Func<object, T> convert)
    {
        if (Find(key) is not { } value)
            return null;
        if (value is T[] ready)
            return ready.Length == count ? ready : throw Wrong(key, $"{count} numbers, one a token");
        if (value is not System.Collections.IList list)
            throw Wrong(key, "a list of numbers");
        if (list.Count != count)
            throw Wrong(key, $"{count} numbers, one a token");
        return [.. list.Cast<object>().Select(convert)];
    }

    private bool Whole(object value, string key, out long number)
    {
        if (value is not (byte or sbyte or short or ushort or int or uint or long))
            throw Wrong(key, "a whole number");
        number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        return true;
    }

    private object? Find(string key) => metadata.GetValueOrDefault(Prefix + key);

    private ModelFormatException Wrong(string key, string expected) => new(file, 0, $"{Prefix}{key} must be {expected}");
}
