using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Methods;

/// <summary>What values have behind a dot and in brackets.</summary>
internal static class Members
{
    /// <summary>A method or an attribute of the value's type; null where there is none.</summary>
    /// <exception cref="TemplateException">The value is none or undefined: nothing is to be had from it.</exception>
    public static object? Attribute(Rendering rendering, object? value, string name)
    {
        switch (value)
        {
            case string:
                return Bind(value, name, TextMethods.All);
            case ListValue:
                return Bind(value, name, ListMethods.All);
            case NamespaceValue:
                return null;
            case DictValue:
                return Bind(value, name, DictMethods.All);
            case LoopValue loop:
                return LoopMembers.Find(loop, name);
            case Undefined u:
                throw rendering.Fail($"'{u.Name}' is undefined and has no '{name}'");
            default:
                return null;
        }
    }

    /// <summary>The item at a key or place; false where there is none.</summary>
    /// <exception cref="TemplateException">The value is undefined.</exception>
    public static bool TryItem(Rendering rendering, object? value, object? key, out object? item)
    {
        switch (value)
        {
            case DictValue dict when key is string or long or double or bool:
                return dict.Items.TryGetValue(Value.Key(rendering, key), out item);
            case ListValue or string when key is long place:
                return Slicing.TryAt(rendering, value, place, out item);
            case Undefined u:
                throw rendering.Fail($"'{u.Name}' is undefined and has no '{(key is string or long ? key : Value.TypeName(key))}'");
            default:
                item = null;
                return false;
        }
    }

    /// <summary>An item, or an item's item: <c>function.name</c>, as filters name them.</summary>
    public static object? Path(Rendering rendering, object? value, object? path)
    {
        if (path is not string names)
            return TryItem(rendering, value, path, out object? at) ? at : new Undefined("item");
        foreach (string name in names.Split('.'))
        {
            object? key = long.TryParse(name, out long place) && value is not DictValue ? place : name;
            value = TryItem(rendering, value, key, out object? item) ? item : new Undefined(name);
            if (value is Undefined)
                break;
        }
        return value;
    }

    private static Function? Bind(object target, string name, IReadOnlyDictionary<string, Method> methods) =>
        methods.TryGetValue(name, out Method? method) ? new Function(name, (rendering, arguments) => method(rendering, target, arguments)) : null;
}

/// <summary>A method of a type; the target is of that type.</summary>
internal delegate object? Method(Rendering rendering, object target, Arguments arguments);
