namespace Sarsen.Training.Spec;

/// <summary>
/// One alternative of a <see cref="ChoiceSet"/>: the word in the YAML and the record it makes. In YAML it is the bare
/// word, or a map of this one key to the record's settings: <c>flatten</c>, <c>conv2d: {filters: 32}</c>. A record
/// marked <c>[DefaultProperty(nameof(X))]</c> also takes the value of that property alone: <c>max_pool2d: 2</c>.
/// </summary>
/// <param name="Word">The word, in snake_case.</param>
/// <param name="Type">A record with a parameterless constructor.</param>
/// <param name="Aliases">Other words that mean the same, such as the names of other frameworks.</param>
public sealed record Choice(string Word, Type Type, params string[] Aliases)
{
    /// <summary>
    /// When set, the word is a ready-made value and takes no settings: <c>f1_macro</c> for <c>f1: {average: macro}</c>.
    /// </summary>
    public Func<object>? Preset { get; init; }
}
