namespace Sarsen.Training.Spec;

/// <summary>All choice sets that a spec may draw from, each known by its base type and by its name.</summary>
public sealed class ChoiceSets
{
    private readonly Dictionary<string, ChoiceSet> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, ChoiceSet> _byType = [];

    /// <exception cref="ArgumentException">Two sets have one name, or one base type (other than <see cref="object"/>).</exception>
    public ChoiceSets(params IEnumerable<ChoiceSet> sets)
    {
        foreach (ChoiceSet set in sets)
        {
            if (!_byName.TryAdd(set.Name, set))
                throw new ArgumentException($"two choice sets are named '{set.Name}'", nameof(sets));
            if (set.BaseType != typeof(object) && !_byType.TryAdd(set.BaseType, set))
                throw new ArgumentException($"two choice sets have the base type {set.BaseType}", nameof(sets));
        }
    }

    /// <summary>The set for values of <paramref name="type"/>, or null.</summary>
    public ChoiceSet? Of(Type type) => _byType.GetValueOrDefault(type);

    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public ChoiceSet Named(string name) => _byName.TryGetValue(name, out ChoiceSet? set)
        ? set
        : throw new ArgumentException($"no choice set is named '{name}'; there are: {string.Join(", ", _byName.Keys)}");
}
