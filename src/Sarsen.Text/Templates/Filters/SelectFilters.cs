using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters that pick items by a test, or put each through a filter.</summary>
internal static class SelectFilters
{
    public static object? Select(Rendering r, object? value, Arguments a) => Pick(r, value, a, byAttribute: false, wanted: true);

    public static object? Reject(Rendering r, object? value, Arguments a) => Pick(r, value, a, byAttribute: false, wanted: false);

    public static object? SelectAttr(Rendering r, object? value, Arguments a) => Pick(r, value, a, byAttribute: true, wanted: true);

    public static object? RejectAttr(Rendering r, object? value, Arguments a) => Pick(r, value, a, byAttribute: true, wanted: false);

    /// <summary><c>map(attribute='name', default=…)</c>, or <c>map('filter', arguments)</c>.</summary>
    public static object? Map(Rendering r, object? value, Arguments a)
    {
        var mapped = new ListValue(0);
        if (a.Positional.Count == 0)
        {
            Bound bound = a.Bind(r, "attribute", "default");
            foreach (object? item in Items(r, value))
            {
                r.Step();
                object? at = Members.Path(r, item, bound.Any(0));
                mapped.Items.Add(at is Undefined ? bound.Any(1, at) : at);
            }
            return mapped;
        }
        if (a.Positional[0] is not string name || !FilterCatalogue.All.TryGetValue(name, out FilterFunction? filter))
            throw r.Fail($"map: there is no filter {(a.Positional[0] is string s ? $"'{s}'" : Value.TypeName(a.Positional[0]))}");
        foreach (object? item in Items(r, value))
        {
            r.Step();
            mapped.Items.Add(filter(r, item, Rest(a, 1, name)));
        }
        return mapped;
    }

    private static ListValue Pick(Rendering r, object? value, Arguments a, bool byAttribute, bool wanted)
    {
        int at = byAttribute ? 1 : 0;
        if (byAttribute && a.Positional.Count == 0)
            throw r.Fail("selectattr and rejectattr need the name of an attribute");
        TestFunction? test = null;
        string name = "";
        if (a.Positional.Count > at)
        {
            name = a.Positional[at] as string ?? "";
            if (!TestCatalogue.All.TryGetValue(name, out test))
                throw r.Fail($"there is no test '{name}'");
        }
        var picked = new ListValue(0);
        foreach (object? item in Items(r, value))
        {
            r.Step();
            object? looked = byAttribute ? Members.Path(r, item, a.Positional[0]) : item;
            if ((test is null ? Value.IsTrue(looked) : test(r, looked, Rest(a, at + 1, name))) == wanted)
                picked.Items.Add(item);
        }
        return picked;
    }

    // Of none, as of anything that is false, there is nothing to pick: Jinja does not iterate it.
    private static List<object?> Items(Rendering r, object? value) => Value.IsTrue(value) ? Iteration.Of(r, value) : [];

    private static Arguments Rest(Arguments a, int from, string callee)
    {
        var rest = new Arguments();
        rest.Positional.AddRange(a.Positional.Skip(from));
        foreach ((string name, object? value) in a.Named)
            rest.Named[name] = value;
        return rest.For(callee);
    }
}
