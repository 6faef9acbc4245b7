using System.ComponentModel;
using System.Reflection;
using Sarsen.Formats;

namespace Sarsen.Training.Spec;

/// <summary>The alternatives for values of one base type: all layers, all sources, all optimizers.</summary>
public sealed class ChoiceSet
{
    private readonly Dictionary<string, Choice> _byWord = new(StringComparer.Ordinal);

    /// <param name="name">What messages call one of them: <c>layer</c>, <c>optimizer</c>; unique among sets.</param>
    /// <param name="baseType">The type of the properties that take one of them.</param>
    /// <param name="choices">The alternatives, in the order of messages and schema.</param>
    /// <exception cref="ArgumentException">A word is taken twice, or a type cannot be one of these.</exception>
    public ChoiceSet(string name, Type baseType, params IReadOnlyList<Choice> choices)
    {
        Name = name;
        BaseType = baseType;
        Choices = choices;
        foreach (Choice choice in choices)
        {
            if (!baseType.IsAssignableFrom(choice.Type))
                throw new ArgumentException($"the {name} '{choice.Word}' is a {choice.Type}, which is no {baseType}", nameof(choices));
            foreach (string word in choice.Aliases.Prepend(choice.Word))
            {
                if (!_byWord.TryAdd(word, choice))
                    throw new ArgumentException($"two {name} choices are called '{word}'", nameof(choices));
            }
        }
    }

    /// <summary>The set of a room's catalogue.</summary>
    public static ChoiceSet Of(string name, Type baseType, IReadOnlyList<CatalogueEntry> entries) =>
        new(name, baseType, [.. entries.Select(e => new Choice(e.Word, e.Type, e.Aliases) { Preset = e.Ready })]);

    public string Name { get; }

    public Type BaseType { get; }

    public IReadOnlyList<Choice> Choices { get; }

    /// <summary>Every word and alias.</summary>
    public IEnumerable<string> Words => _byWord.Keys;

    /// <summary>The alternative of a word or alias, or null.</summary>
    public Choice? Find(string word) => _byWord.GetValueOrDefault(word);

    /// <summary>The word that <paramref name="value"/> is written with.</summary>
    /// <exception cref="ArgumentException">Its type is not in this set.</exception>
    public string WordOf(object value) => ChoiceOf(value.GetType()).Word;

    internal Choice ChoiceOf(Type type) => Choices.FirstOrDefault(c => c.Type == type && c.Preset is null)
        ?? throw new ArgumentException($"{type} is no {Name}: add it to the list of choices");

    /// <summary>The property that a value alone stands for, or null.</summary>
    internal static string? Shorthand(Type type) => type.GetCustomAttribute<DefaultPropertyAttribute>()?.Name;
}
