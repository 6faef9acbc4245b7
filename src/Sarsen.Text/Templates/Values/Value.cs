namespace Sarsen.Text.Templates.Values;

/// <summary>
/// What templates compute with, as <c>object?</c>: null is <c>none</c>; <see cref="Undefined"/>, <see cref="bool"/>,
/// <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="ListValue"/> (tuples included),
/// <see cref="DictValue"/> (namespaces included), <see cref="LoopValue"/>, <see cref="Callable"/>. Nothing else gets in.
/// </summary>
internal static class Value
{
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool b => b,
        long n => n != 0,
        double d => d != 0,
        string s => s.Length > 0,
        ListValue list => list.Items.Count > 0,
        NamespaceValue => true,
        DictValue dict => dict.Items.Count > 0,
        _ => true,
    };

    public static string TypeName(object? value) => value switch
    {
        null => "none",
        Undefined u => $"the undefined '{u.Name}'",
        bool => "a boolean",
        long => "an integer",
        double => "a float",
        string => "a text",
        ListValue { IsTuple: true } => "a tuple",
        ListValue => "a list",
        NamespaceValue => "a namespace",
        DictValue => "a dict",
        LoopValue => "the loop",
        Callable c => $"the function '{c.Name}'",
        _ => value.GetType().Name,
    };

    /// <summary>A value as a dict's key: a text or a number, where 1.0 is the key 1.</summary>
    public static object Key(Rendering rendering, object? value) => value switch
    {
        string or long or bool => value,
        double d when d == Math.Floor(d) && Math.Abs(d) < 1L << 53 => (long)d,
        double => value,
        _ => throw rendering.Fail($"{TypeName(value)} cannot be a key of a dict"),
    };
}

/// <summary>What a name or a key that is not there gives. Written it is nothing; used otherwise it is an error.</summary>
internal sealed class Undefined(string name)
{
    public string Name => name;
}
