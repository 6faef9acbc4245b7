using System.Text;

namespace Sarsen.Text.Templates.Values;

/// <summary>Elements and slices of lists and texts by Python's rules: negative places count from the end, slices clamp.</summary>
internal static class Slicing
{
    public static object Take(Rendering rendering, object? value, long? first, long? last, long step)
    {
        if (step == 0)
            throw rendering.Fail("a slice's step must not be 0");
        switch (value)
        {
            case ListValue list:
                {
                    var taken = new ListValue(0, list.IsTuple);
                    foreach (int i in Places(rendering, list.Items.Count, first, last, step))
                        taken.Items.Add(list.Items[i]);
                    return taken;
                }
            case string text:
                {
                    var taken = new StringBuilder();
                    if (Iteration.Scalars(text) == text.Length)
                    {
                        foreach (int i in Places(rendering, text.Length, first, last, step))
                            taken.Append(text[i]);
                        return taken.ToString();
                    }
                    List<object?> scalars = Iteration.Of(rendering, text);
                    foreach (int i in Places(rendering, scalars.Count, first, last, step))
                        taken.Append((string)scalars[i]!);
                    return taken.ToString();
                }
            default:
                throw rendering.Fail($"{Value.TypeName(value)} cannot be sliced");
        }
    }

    /// <summary>The element at a place, false where there is none.</summary>
    public static bool TryAt(Rendering rendering, object? value, long place, out object? item)
    {
        item = null;
        List<object?> items;
        if (value is ListValue list)
        {
            items = list.Items;
        }
        else if (value is string text)
        {
            if (Iteration.Scalars(text) == text.Length)
            {
                place += place < 0 ? text.Length : 0;
                if (place < 0 || place >= text.Length)
                    return false;
                item = text[(int)place].ToString();
                return true;
            }
            items = Iteration.Of(rendering, text);
        }
        else
        {
            return false;
        }
        place += place < 0 ? items.Count : 0;
        if (place < 0 || place >= items.Count)
            return false;
        item = items[(int)place];
        return true;
    }

    private static IEnumerable<int> Places(Rendering rendering, int count, long? first, long? last, long step)
    {
        long lowest = step > 0 ? 0 : -1, highest = step > 0 ? count : count - 1;
        long from = Clamp(first, count, lowest, highest, step > 0 ? lowest : highest);
        long to = Clamp(last, count, lowest, highest, step > 0 ? highest : lowest);
        // A step beyond the count takes one element, and the sum below cannot overflow.
        step = Math.Clamp(step, -(long)count - 1, (long)count + 1);
        rendering.Charge(Math.Max(0, (to - from) / step));
        for (long i = from; step > 0 ? i < to : i > to; i += step)
            yield return (int)i;
    }

    private static long Clamp(long? bound, int count, long lowest, long highest, long byDefault)
    {
        if (bound is not { } at)
            return byDefault;
        return Math.Clamp(at < 0 ? at + count : at, lowest, highest);
    }
}
