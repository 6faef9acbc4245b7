namespace Sarsen.Text.Templates.Values;

/// <summary>A list, or a tuple, which cannot be changed.</summary>
internal sealed class ListValue(int capacity, bool isTuple = false)
{
    public ListValue(IEnumerable<object?> items, bool isTuple = false)
        : this(0, isTuple)
    {
        Items.AddRange(items);
    }

    public bool IsTuple => isTuple;

    public List<object?> Items { get; } = new(capacity);
}

/// <summary>A dict in the order of insertion.</summary>
internal class DictValue
{
    public OrderedDictionary<object, object?> Items { get; } = [];
}

/// <summary>What <c>namespace()</c> makes: the one thing whose attributes <c>set</c> may change, across loops and macros.</summary>
internal sealed class NamespaceValue : DictValue;

/// <summary>The variable <c>loop</c> of a for statement.</summary>
internal sealed class LoopValue(List<object?> items)
{
    public int Index { get; set; }

    public List<object?> Items => items;

    /// <summary>What <c>loop.changed</c> was given last.</summary>
    public object? Seen { get; set; }

    public bool HasSeen { get; set; }
}

/// <summary>Something that a template can call.</summary>
internal abstract class Callable
{
    public abstract string Name { get; }

    public abstract object? Call(Rendering rendering, Arguments arguments);
}

/// <summary>A function of this library.</summary>
internal sealed class Function(string name, Func<Rendering, Arguments, object?> body) : Callable
{
    public override string Name => name;

    public override object? Call(Rendering rendering, Arguments arguments) => body(rendering, arguments.For(name));
}
