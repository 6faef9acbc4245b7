using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Sarsen.Formats;

/// <summary>What a GGUF file says beside its tensors: values by key, in the file's order.</summary>
public sealed class GgufMetadata : IReadOnlyCollection<KeyValuePair<string, GgufValue>>
{
    private readonly string _path;
    private readonly Dictionary<string, GgufValue> _values;

    internal GgufMetadata(string path, Dictionary<string, GgufValue> values) => (_path, _values) = (path, values);

    public int Count => _values.Count;

    /// <summary>What a file is to say.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="values">By key; not copied.</param>
    public static GgufMetadata Of(string path, Dictionary<string, GgufValue> values) => new(path, values);

    /// <exception cref="ModelFormatException">The key is missing; the message names the nearest.</exception>
    public GgufValue this[string key] => _values.TryGetValue(key, out GgufValue? value) ? value : throw Missing(key);

    public bool TryGet(string key, [NotNullWhen(true)] out GgufValue? value) => _values.TryGetValue(key, out value);

    /// <summary>A whole number of any width.</summary>
    /// <param name="key">Which.</param>
    /// <param name="absent">The answer where the key is missing; null for an error.</param>
    /// <exception cref="ModelFormatException">The key is missing, or its value is something else.</exception>
    public long Integer(string key, long? absent = null) =>
        Find(key, absent) is not { } value ? absent!.Value : value.TryGetInteger(out long number) ? number : throw Wrong(key, value, "a whole number");

    /// <summary>A number.</summary>
    /// <inheritdoc cref="Integer"/>
    public double Number(string key, double? absent = null) =>
        Find(key, absent) is not { } value ? absent!.Value : value.TryGetNumber(out double number) ? number : throw Wrong(key, value, "a number");

    /// <summary>A truth value.</summary>
    /// <inheritdoc cref="Integer"/>
    public bool Flag(string key, bool? absent = null) =>
        Find(key, absent) is not { } value ? absent!.Value : value.ToObject() is bool flag ? flag : throw Wrong(key, value, "a truth value");

    /// <summary>A text.</summary>
    /// <inheritdoc cref="Integer"/>
    public string Text(string key, string? absent = null) =>
        Find(key, absent) is not { } value ? absent! : value.ToObject() is string text ? text : throw Wrong(key, value, "a text");

    /// <summary>An array's elements, which must have exactly the type.</summary>
    /// <exception cref="ModelFormatException">The key is missing, or its value is something else.</exception>
    public ReadOnlySpan<T> Elements<T>(string key)
    {
        GgufValue value = this[key];
        return value.ToObject() is GgufArray array && array.Holds<T>() ? array.As<T>() : throw Wrong(key, value, $"an array of {typeof(T).Name}");
    }

    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private GgufValue? Find(string key, object? absent) =>
        _values.TryGetValue(key, out GgufValue? value) ? value : absent is null ? throw Missing(key) : null;

    private ModelFormatException Missing(string key)
    {
        string nearest = Suggestion.Nearest(key, _values.Keys) is { } near ? $"; the nearest key is '{near}'" : "";
        return new ModelFormatException(_path, 0, $"there is no '{key}' among the {Count} keys of the metadata{nearest}");
    }

    private ModelFormatException Wrong(string key, GgufValue value, string expected) =>
        new(_path, 0, $"'{key}' must be {expected}; it is {value.Type}{(value.Type == GgufValueType.Array ? $" ({value})" : "")}");
}
