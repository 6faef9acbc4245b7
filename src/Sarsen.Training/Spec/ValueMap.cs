using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Sarsen.Training.Spec;

/// <summary>A map that is equal to a map of the same keys with equal values, and keeps the order it was written in.</summary>
internal sealed class ValueMap<T>(IReadOnlyList<KeyValuePair<string, T>> entries) : IReadOnlyDictionary<string, T>, IEquatable<ValueMap<T>>
{
    private readonly KeyValuePair<string, T>[] _entries = [.. entries];
    private readonly Dictionary<string, T> _map = new(entries, StringComparer.Ordinal);

    public int Count => _entries.Length;

    public IEnumerable<string> Keys => _entries.Select(e => e.Key);

    public IEnumerable<T> Values => _entries.Select(e => e.Value);

    public T this[string key] => _map[key];

    public bool ContainsKey(string key) => _map.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value) => _map.TryGetValue(key, out value);

    public bool Equals(ValueMap<T>? other) =>
        other is not null && Count == other.Count
        && _entries.All(e => other._map.TryGetValue(e.Key, out T? value) && EqualityComparer<T>.Default.Equals(e.Value, value));

    public override bool Equals(object? obj) => Equals(obj as ValueMap<T>);

    public override int GetHashCode()
    {
        int hash = 0;
        foreach ((string key, T value) in _entries)
            hash ^= HashCode.Combine(key, value);
        return hash;
    }

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
