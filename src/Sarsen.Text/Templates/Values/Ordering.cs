using Sarsen.Text.Templates.Syntax;

namespace Sarsen.Text.Templates.Values;

/// <summary>Equality, order and membership. Numbers compare by value, texts by code units; a boolean equals no number.</summary>
internal static class Ordering
{
    public static bool Holds(Rendering rendering, ComparisonOperator op, object? a, object? b) => op switch
    {
        ComparisonOperator.Equal => Equal(rendering, a, b),
        ComparisonOperator.NotEqual => !Equal(rendering, a, b),
        ComparisonOperator.Less => Compare(rendering, a, b) < 0,
        ComparisonOperator.LessOrEqual => Compare(rendering, a, b) <= 0,
        ComparisonOperator.Greater => Compare(rendering, a, b) > 0,
        ComparisonOperator.GreaterOrEqual => Compare(rendering, a, b) >= 0,
        ComparisonOperator.In => Contains(rendering, b, a),
        _ => !Contains(rendering, b, a),
    };

    public static bool Equal(Rendering rendering, object? a, object? b, int depth = 0)
    {
        rendering.CheckDepth(depth);
        switch (a, b)
        {
            case (null, null) or (Undefined, Undefined):
                return true;
            case (bool x, bool y):
                return x == y;
            case (long x, long y):
                return x == y;
            case (long or double, long or double):
                return Arithmetic.Real(a) == Arithmetic.Real(b);
            case (string x, string y):
                return string.Equals(x, y, StringComparison.Ordinal);
            case (ListValue x, ListValue y):
                return x.Items.Count == y.Items.Count
                    && x.Items.Zip(y.Items).All(p => Equal(rendering, p.First, p.Second, depth + 1));
            case (DictValue x, DictValue y):
                return x.Items.Count == y.Items.Count
                    && x.Items.All(p => y.Items.TryGetValue(p.Key, out object? other) && Equal(rendering, p.Value, other, depth + 1));
            default:
                return ReferenceEquals(a, b);
        }
    }

    /// <summary>Below 0, 0 or above 0.</summary>
    /// <exception cref="TemplateException">The two have no order: a text and a number, dicts.</exception>
    public static int Compare(Rendering rendering, object? a, object? b, int depth = 0)
    {
        rendering.CheckDepth(depth);
        switch (a, b)
        {
            case (string x, string y):
                return string.CompareOrdinal(x, y);
            case (long x, long y):
                return x.CompareTo(y);
            case (long or double or bool, long or double or bool):
                return Arithmetic.Real(a).CompareTo(Arithmetic.Real(b));
            case (ListValue x, ListValue y):
                for (int i = 0; i < Math.Min(x.Items.Count, y.Items.Count); i++)
                {
                    int order = Compare(rendering, x.Items[i], y.Items[i], depth + 1);
                    if (order != 0)
                        return order;
                }
                return x.Items.Count.CompareTo(y.Items.Count);
            case (null, null) or (Undefined, Undefined):
                return 0;
            default:
                throw rendering.Fail($"{Value.TypeName(a)} and {Value.TypeName(b)} have no order");
        }
    }

    public static bool Contains(Rendering rendering, object? container, object? item)
    {
        switch (container)
        {
            case ListValue list:
                return list.Items.Exists(other => Equal(rendering, other, item));
            case DictValue dict:
                return item is string or long or double or bool && dict.Items.ContainsKey(Value.Key(rendering, item));
            case string text when item is string part:
                // Searching takes the text's length in the usual case.
                rendering.Charge(text.Length / 64);
                return text.Contains(part, StringComparison.Ordinal);
            case string when item is Undefined:
            case Undefined:
                return false;
            default:
                throw rendering.Fail($"{Value.TypeName(item)} cannot be looked for in {Value.TypeName(container)}");
        }
    }

    /// <summary>Sorted by keys; equal keys stay in their order.</summary>
    public static List<T> Sort<T>(Rendering rendering, List<T> items, Func<T, object?> key, bool descending)
    {
        var keyed = items.Select(i => (Key: key(i), Item: i)).ToArray();
        rendering.Charge(2L * keyed.Length);
        // Merging from below. A sort of the runtime would wrap what a comparison throws.
        var other = new (object? Key, T Item)[keyed.Length];
        for (long width = 1; width < keyed.Length; width *= 2)
        {
            for (long begin = 0; begin < keyed.Length; begin += 2 * width)
            {
                int middle = (int)Math.Min(begin + width, keyed.Length), end = (int)Math.Min(begin + (2 * width), keyed.Length);
                Merge(rendering, keyed, other, (int)begin, middle, end, descending);
            }
            (keyed, other) = (other, keyed);
        }
        return [.. keyed.Select(k => k.Item)];
    }

    private static void Merge<T>(Rendering rendering, (object? Key, T)[] from, (object? Key, T)[] to, int begin, int middle, int end, bool descending)
    {
        int left = begin, right = middle;
        for (int i = begin; i < end; i++)
        {
            bool takeLeft = right >= end;
            if (left < middle && !takeLeft)
            {
                int order = Compare(rendering, from[left].Key, from[right].Key);
                takeLeft = descending ? order >= 0 : order <= 0;
            }
            to[i] = from[takeLeft ? left++ : right++];
        }
    }
}
