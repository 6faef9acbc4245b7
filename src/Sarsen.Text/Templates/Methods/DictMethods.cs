using System.Collections.Frozen;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Methods;

/// <summary>Methods of dicts, by Python's names and rules.</summary>
internal static class DictMethods
{
    public static FrozenDictionary<string, Method> All { get; } = new Dictionary<string, Method>
    {
        ["get"] = Get,
        ["items"] = (r, t, a) => Pairs(r, (DictValue)t),
        ["keys"] = (r, t, a) => new ListValue(Iteration.Of(r, t)),
        ["values"] = Values,
        ["pop"] = Pop,
        ["update"] = Update,
        ["setdefault"] = SetDefault,
        ["copy"] = Copy,
    }.ToFrozenDictionary();

    public static ListValue Pairs(Rendering rendering, DictValue dict)
    {
        rendering.Charge(3L * dict.Items.Count);
        return new ListValue(dict.Items.Select(p => new ListValue([p.Key, p.Value], isTuple: true)));
    }

    private static object? Get(Rendering rendering, object target, Arguments arguments)
    {
        Bound bound = arguments.Bind(rendering, "key", "default");
        return ((DictValue)target).Items.TryGetValue(Value.Key(rendering, bound.Any(0)), out object? value) ? value : bound.Any(1, null);
    }

    private static object Values(Rendering rendering, object target, Arguments arguments)
    {
        rendering.Charge(((DictValue)target).Items.Count);
        return new ListValue(((DictValue)target).Items.Values);
    }

    private static object? Pop(Rendering rendering, object target, Arguments arguments)
    {
        Bound bound = arguments.Bind(rendering, "key", "default");
        OrderedDictionary<object, object?> items = ((DictValue)target).Items;
        object key = Value.Key(rendering, bound.Any(0));
        // What follows moves up.
        rendering.Charge(items.Count);
        if (items.Remove(key, out object? value))
            return value;
        return bound.Has(1) ? bound.Any(1) : throw rendering.Fail($"pop: the dict has no '{key}'");
    }

    private static object? Update(Rendering rendering, object target, Arguments arguments)
    {
        OrderedDictionary<object, object?> items = ((DictValue)target).Items;
        var added = new List<KeyValuePair<object, object?>>(arguments.Named.Select(n => new KeyValuePair<object, object?>(n.Key, n.Value)));
        foreach (object? other in arguments.Positional)
        {
            if (other is not DictValue dict)
                throw rendering.Fail($"update takes dicts, not {Value.TypeName(other)}");
            added.InsertRange(0, dict.Items);
        }
        rendering.Charge(added.Count);
        foreach ((object key, object? value) in added)
            items[key] = value;
        return null;
    }

    private static object? SetDefault(Rendering rendering, object target, Arguments arguments)
    {
        Bound bound = arguments.Bind(rendering, "key", "default");
        OrderedDictionary<object, object?> items = ((DictValue)target).Items;
        object key = Value.Key(rendering, bound.Any(0));
        rendering.Charge(1);
        items.TryAdd(key, bound.Any(1, null));
        return items[key];
    }

    private static object Copy(Rendering rendering, object target, Arguments arguments)
    {
        var copy = new DictValue();
        rendering.Charge(((DictValue)target).Items.Count);
        foreach ((object key, object? value) in ((DictValue)target).Items)
            copy.Items[key] = value;
        return copy;
    }
}
