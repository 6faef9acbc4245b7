using System.Text;
using Sarsen.Text.Templates.Methods;
using Sarsen.Text.Templates.Syntax;
using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates.Filters;

/// <summary>Filters on what can be iterated.</summary>
internal static class ListFilters
{
    public static object? Length(Rendering r, object? value, Arguments a) => Iteration.Length(r, value);

    public static object? List(Rendering r, object? value, Arguments a) => new ListValue(Iteration.Of(r, value));

    public static object? First(Rendering r, object? value, Arguments a) => Iteration.Of(r, value) is [var first, ..] ? first : new Undefined("the first of nothing");

    public static object? Last(Rendering r, object? value, Arguments a) => Iteration.Of(r, value) is [.., var last] ? last : new Undefined("the last of nothing");

    public static object? Reverse(Rendering r, object? value, Arguments a)
    {
        IEnumerable<object?> reversed = Iteration.Of(r, value).AsEnumerable().Reverse();
        if (value is not string)
            return new ListValue(reversed);
        var text = new StringBuilder();
        foreach (object? scalar in reversed)
            text.Append((string)scalar!);
        return text.ToString();
    }

    /// <summary>Each value once, at its first place; texts are alike without regard to case, as in Jinja, unless <c>case_sensitive</c>.</summary>
    public static object? Unique(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "case_sensitive", "attribute");
        var seen = new List<object?>();
        var texts = new HashSet<string>(bound.Flag(0, false) ? StringComparer.Ordinal : StringComparer.OrdinalIgnoreCase);
        var unique = new ListValue(0);
        foreach (object? item in Iteration.Of(r, value))
        {
            object? key = bound.Has(1) ? Members.Path(r, item, bound.Any(1)) : item;
            bool isNew = key is string text ? texts.Add(text) : !seen.Exists(s => Ordering.Equal(r, s, key));
            if (!isNew)
                continue;
            if (key is not string)
                seen.Add(key);
            unique.Items.Add(item);
        }
        return unique;
    }

    public static object? Sum(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "attribute", "start");
        object? sum = bound.Any(1, 0L);
        foreach (object? item in Iteration.Of(r, value))
            sum = Arithmetic.Apply(r, BinaryOperator.Add, sum, bound.Any(0, null) is { } path ? Members.Path(r, item, path) : item);
        return sum;
    }

    /// <summary>Lists of <c>linecount</c> items each, the last one filled up where there is something to fill with.</summary>
    public static object? Batch(Rendering r, object? value, Arguments a)
    {
        Bound bound = a.Bind(r, "linecount", "fill_with");
        long size = bound.Integer(0);
        if (size is < 1 or > int.MaxValue)
            throw r.Fail($"batch: linecount must be at least 1, not {size}");
        var batches = new ListValue(Iteration.Of(r, value).Chunk((int)size).Select(c => new ListValue(c)));
        if (bound.Any(1, null) is { } filler && batches.Items is [.., ListValue last])
        {
            r.Charge(size - last.Items.Count);
            while (last.Items.Count < size)
                last.Items.Add(filler);
        }
        return batches;
    }
}
