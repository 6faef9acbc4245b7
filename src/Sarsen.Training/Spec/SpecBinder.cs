using System.Collections.Concurrent;
using Sarsen.Training.Spec.Types;
using Sarsen.Training.Spec.Yaml;

namespace Sarsen.Training.Spec;

/// <summary>
/// Binds YAML to records: <c>init</c> properties with defaults in PascalCase are keys in snake_case; a key that is not
/// there keeps its default. All mistakes are answered at once, each with file, line and column, what was found, what
/// was expected and the nearest right word. Records say what may stand in them by attributes: <c>[Description]</c>,
/// <c>[Range]</c> (of a list: of each item), <c>[Length]</c>, <c>required</c> or <c>[Required]</c>,
/// <c>[DataType("path")]</c>, <c>[JsonPropertyName]</c>, <c>[JsonIgnore]</c>; rules across properties by
/// <see cref="System.ComponentModel.DataAnnotations.IValidatableObject"/>.
/// An instance may be used by several threads; keep it, since describing the records takes longer than binding.
/// </summary>
/// <param name="sets">The alternatives of every choice the records hold.</param>
/// <param name="limits">What a text may cost; null for <see cref="SpecLimits.Default"/>.</param>
public sealed class SpecBinder(ChoiceSets sets, SpecLimits? limits = null)
{
    private readonly ConcurrentDictionary<Type, RecordType> _types = [];
    private readonly SpecLimits _limits = limits ?? SpecLimits.Default;

    /// <summary>Reads and binds a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="overrides">See <see cref="Bind"/>.</param>
    /// <exception cref="SpecException">The spec has mistakes.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public T Load<T>(string path, params IEnumerable<string> overrides) where T : class =>
        Bind<T>(SpecText.Read(path, _limits), overrides);

    /// <summary>Binds a text.</summary>
    /// <param name="text">The YAML.</param>
    /// <param name="overrides">
    /// Settings that go before the text's, each <c>path=value</c>: <c>train.epochs=3</c>,
    /// <c>model.layers[0].conv2d.filters=8</c>, <c>metrics=[accuracy, f1]</c>; the value is YAML, the later one wins.
    /// </param>
    /// <exception cref="SpecException">The spec has mistakes.</exception>
    public T Bind<T>(SpecText text, params IEnumerable<string> overrides) where T : class
    {
        RecordType type = _types.GetOrAdd(typeof(T), static (root, from) => new SpecTypes(from).Record(root), sets);
        var errors = new SpecErrors(_limits);
        SpecNode? root = YamlReader.Read(text, errors, _limits);
        if (root is ScalarNode { Kind: ScalarKind.Null })
            root = new MapNode(root.At, []);
        foreach (string change in overrides)
        {
            if (root is not null)
                root = SpecOverride.Apply(root, change, text.Folder, errors, _limits);
        }
        object? spec = root is null ? null : type.Bind(root, "", errors);
        errors.ThrowIfAny();
        return (T)spec!;
    }
}
