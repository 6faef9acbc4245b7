using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters on a value's items, and on its absence.</summary>
internal static class ItemFilters
{
    /// <summary>The default where the value is undefined; with <c>boolean</c> also where it is false.</summary>
    public static object? Default(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "default_value", "boolean");
        return value is Undefined || (bound.Flag(1, false) && !Value.IsTrue(value)) ? bound.Any(0, "") : value;
    }

    public static object? Items(Rendering r, object? value, Arguments a) => value switch
    {
        DictValue dict => DictMethods.Pairs(r, dict),
        Undefined => new ListValue(0),
        _ => throw r.Fail($"items needs a dict, not {Value.TypeName(value)}"),
    };

    public static object? Attr(Rendering r, object? value, Arguments a)
    {
        string name = a.Bind(r, "name").Text(0);
        return Members.Attribute(r, value, name) ?? (Members.TryItem(r, value, name, out object? item) ? item : new Undefined(name));
    }
}
