namespace Sarsen.Training.Spec;

/// <summary>All choice sets that a spec may draw from, each known by its base type.</summary>
public sealed class ChoiceSets
{
    private readonly Dictionary<Type, ChoiceSet> _byType = [];

    /// <exception cref="ArgumentException">Two sets have one name, or one base type.</exception>
    public ChoiceSets(params IEnumerable<ChoiceSet> sets)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ChoiceSet set in sets)
        {
            if (!names.Add(set.Name))
                throw new ArgumentException($"two choice sets are named '{set.Name}'", nameof(sets));
            if (!_byType.TryAdd(set.BaseType, set))
                throw new ArgumentException($"two choice sets have the base type {set.BaseType}", nameof(sets));
        }
    }

    /// <summary>The set for values of <paramref name="type"/>, or null.</summary>
    public ChoiceSet? Of(Type type) => _byType.GetValueOrDefault(type);
}
