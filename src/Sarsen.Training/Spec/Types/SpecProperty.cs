using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;

namespace Sarsen.Training.Spec.Types;

/// <summary>A property of a record, as it stands in YAML.</summary>
internal sealed class SpecProperty(PropertyInfo property, SpecType type, bool nullable, object? fallback)
{
    public string Name { get; } = NameOf(property);

    public SpecType Type { get; } = type;

    /// <summary>The key may stand there with nothing after it.</summary>
    public bool Nullable { get; } = nullable;

    public bool Required { get; } =
        property.IsDefined(typeof(RequiredMemberAttribute)) || property.IsDefined(typeof(RequiredAttribute));

    public string? Description { get; } = property.GetCustomAttribute<DescriptionAttribute>()?.Description;

    /// <summary>What the property is when the YAML is silent.</summary>
    public object? Default { get; } = fallback;

    public string ClrName => property.Name;

    public object? Get(object record) => property.GetValue(record);

    public void Set(object record, object? value) => property.SetValue(record, value);

    public static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? SnakeCase.Of(property.Name);
}
