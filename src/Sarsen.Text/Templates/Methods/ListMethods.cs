using System.Collections.Frozen;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Methods;

/// <summary>Methods of lists, by Python's names and rules.</summary>
internal static class ListMethods
{
    public static FrozenDictionary<string, Method> All { get; } = new Dictionary<string, Method>
    {
        ["append"] = Append,
        ["extend"] = Extend,
        ["insert"] = Insert,
        ["pop"] = Pop,
        ["index"] = (r, t, a) => IndexOf(r, (ListValue)t, a),
        ["count"] = (r, t, a) => (long)((ListValue)t).Items.Count(i => Ordering.Equal(r, i, a.Bind(r, "value").Any(0))),
        ["copy"] = (r, t, a) => new ListValue(Iteration.Of(r, t)),
    }.ToFrozenDictionary();

    private static object? Append(Rendering rendering, object target, Arguments arguments)
    {
        rendering.Charge(1);
        Changeable(rendering, target).Add(arguments.Bind(rendering, "item").Any(0));
        return null;
    }

    private static object? Extend(Rendering rendering, object target, Arguments arguments)
    {
        // A copy: the list may be extended by itself.
        Changeable(rendering, target).AddRange([.. Iteration.Of(rendering, arguments.Bind(rendering, "items").Any(0))]);
        return null;
    }

    private static object? Insert(Rendering rendering, object target, Arguments arguments)
    {
        Bound bound = arguments.Bind(rendering, "index", "item");
        List<object?> items = Changeable(rendering, target);
        long at = bound.Integer(0);
        rendering.Charge(items.Count - Math.Clamp(at, 0, items.Count) + 1);
        items.Insert((int)Math.Clamp(at < 0 ? at + items.Count : at, 0, items.Count), bound.Any(1));
        return null;
    }

    private static object? Pop(Rendering rendering, object target, Arguments arguments)
    {
        List<object?> items = Changeable(rendering, target);
        long at = arguments.Bind(rendering, "index").Integer(0, -1);
        at += at < 0 ? items.Count : 0;
        if (at < 0 || at >= items.Count)
            throw rendering.Fail($"pop: the list has {items.Count} items, and none at that place");
        object? item = items[(int)at];
        rendering.Charge(items.Count - at);
        items.RemoveAt((int)at);
        return item;
    }

    private static object IndexOf(Rendering rendering, ListValue list, Arguments arguments)
    {
        object? value = arguments.Bind(rendering, "value").Any(0);
        int at = list.Items.FindIndex(i => Ordering.Equal(rendering, i, value));
        return at >= 0 ? (long)at : throw rendering.Fail("index: the value is not in the list");
    }

    private static List<object?> Changeable(Rendering rendering, object target)
    {
        var list = (ListValue)target;
        return list.IsTuple ? throw rendering.Fail("a tuple cannot be changed; use a list") : list.Items;
    }
}
