using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters that put items in order; equal ones stay in theirs.</summary>
internal static class SortFilters
{
    public static object? Sort(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "reverse", "case_sensitive", "attribute");
        return new ListValue(Ordering.Sort(r, Iteration.Of(r, value), Key(r, bound, 1, 2), bound.Flag(0, false)));
    }

    public static object? Min(Rendering r, object? value, Arguments a) => Extreme(r, value, a, descending: false);

    public static object? Max(Rendering r, object? value, Arguments a) => Extreme(r, value, a, descending: true);

    public static object? DictSort(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "case_sensitive", "by", "reverse");
        if (value is not DictValue dict)
            throw r.Fail($"dictsort needs a dict, not {Value.TypeName(value)}");
        int by = bound.Text(1, "key") switch
        {
            "key" => 0,
            "value" => 1,
            var other => throw r.Fail($"dictsort: by must be 'key' or 'value', not '{other}'"),
        };
        bool caseSensitive = bound.Flag(0, false);
        return new ListValue(Ordering.Sort(r, DictMethods.Pairs(r, dict).Items, p => Cased(((ListValue)p!).Items[by], caseSensitive), bound.Flag(2, false)));
    }

    /// <summary>Tuples of a key and the items that have it, in the order of the keys.</summary>
    public static object? GroupBy(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "attribute", "default", "case_sensitive");
        var groups = new ListValue(0);
        foreach (object? item in Ordering.Sort(r, Iteration.Of(r, value), Group, descending: false))
        {
            object? key = Group(item);
            if (groups.Items is not [.., ListValue last] || !Ordering.Equal(r, last.Items[0], key))
            {
                last = new ListValue([key, new ListValue(0)], isTuple: true);
                groups.Items.Add(last);
            }
            ((ListValue)last.Items[1]!).Items.Add(item);
        }
        return groups;

        object? Group(object? item) => Members.Path(r, item, bound.Any(0)) is var found && found is Undefined ? bound.Any(1, found) : found;
    }

    private static object? Extreme(Rendering r, object? value, Arguments a, bool descending)
    {
        Bound bound = a.Bind(r, "case_sensitive", "attribute");
        return Ordering.Sort(r, Iteration.Of(r, value), Key(r, bound, 0, 1), descending) is [var first, ..] ? first : new Undefined("the extreme of nothing");
    }

    private static Func<object?, object?> Key(Rendering r, Bound bound, int caseAt, int attributeAt)
    {
        bool caseSensitive = bound.Flag(caseAt, false);
        object? path = bound.Any(attributeAt, null);
        return item => Cased(path is null ? item : Members.Path(r, item, path), caseSensitive);
    }

    private static object? Cased(object? key, bool caseSensitive) => !caseSensitive && key is string text ? text.ToLowerInvariant() : key;
}
