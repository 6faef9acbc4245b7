using System.Text;

namespace Sarsen.Text.Templates.Values;

/// <summary>The elements of what can be iterated: a list's items, a dict's keys, a text's characters; of an undefined value none.</summary>
internal static class Iteration
{
    /// <summary>The list itself where there is one: callers only read.</summary>
    public static List<object?> Of(Rendering rendering, object? value)
    {
        switch (value)
        {
            case ListValue list:
                // Whoever asks goes through it, or copies it.
                rendering.Charge(list.Items.Count);
                return list.Items;
            case DictValue dict and not NamespaceValue:
                rendering.Charge(dict.Items.Count);
                return [.. dict.Items.Keys];
            case string text:
                rendering.Charge(text.Length);
                return [.. text.EnumerateRunes().Select(r => r.ToString())];
            case Undefined:
                return [];
            default:
                throw rendering.Fail($"{Value.TypeName(value)} cannot be iterated");
        }
    }

    public static bool IsIterable(object? value) => value is ListValue or string or Undefined || (value is DictValue and not NamespaceValue);

    /// <summary>Elements; a text's are its Unicode scalars, as in Python.</summary>
    public static long Length(Rendering rendering, object? value) => value switch
    {
        ListValue list => list.Items.Count,
        DictValue dict => dict.Items.Count,
        string text => Scalars(text),
        Undefined => 0,
        _ => throw rendering.Fail($"{Value.TypeName(value)} has no length"),
    };

    public static int Scalars(string text)
    {
        int count = text.Length;
        for (int i = 0; i + 1 < text.Length; i++)
        {
            if (char.IsSurrogatePair(text[i], text[i + 1]))
                count--;
        }
        return count;
    }

    private static IEnumerable<T> Select<T>(this StringRuneEnumerator runes, Func<Rune, T> map)
    {
        foreach (Rune rune in runes)
            yield return map(rune);
    }
}
