using Sarsen.Training.Spec.Types;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec;

/// <summary>
/// Writes a resolved spec as YAML, every default explicit, one text for one spec; binding the text gives an equal spec.
/// </summary>
public static class SpecWriter
{
    /// <exception cref="ArgumentException">A choice in the spec is not in its set.</exception>
    public static string Write<T>(T spec, ChoiceSets sets) where T : class =>
        YamlText.Write(new SpecTypes(sets).Record(typeof(T)).Write(spec));
}
