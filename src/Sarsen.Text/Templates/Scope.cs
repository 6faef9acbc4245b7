namespace Sarsen.Text.Templates;

/// <summary>Names of one level: the template, a loop's body, a macro's call. A name that is not here is looked for outside.</summary>
internal sealed class Scope(Scope? outer)
{
    private Dictionary<string, object?>? _values;

    public void Set(string name, object? value) => (_values ??= new(StringComparer.Ordinal))[name] = value;

    public bool TryGet(string name, out object? value)
    {
        for (Scope? scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope._values is { } values && values.TryGetValue(name, out value))
                return true;
        }
        value = null;
        return false;
    }

    private Scope? Outer { get; } = outer;
}
