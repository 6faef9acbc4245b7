namespace Sarsen.Training.Spec;

/// <summary>
/// Draws a property's value (or its list's items) from the <see cref="ChoiceSet"/> of this name, for a property whose
/// type does not say it.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ChoiceOfAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
