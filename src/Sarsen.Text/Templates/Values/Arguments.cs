namespace Sarsen.Text.Templates.Values;

/// <summary>What a function, filter, test or method was called with.</summary>
internal sealed class Arguments
{
    private Dictionary<string, object?>? _named;
    private string _callee = "";

    public List<object?> Positional { get; } = [];

    public Dictionary<string, object?> Named => _named ??= new(StringComparer.Ordinal);

    /// <summary>Names what is called, for messages.</summary>
    public Arguments For(string callee)
    {
        _callee = callee;
        return this;
    }

    /// <summary>The arguments in the order of the parameters, null with <c>given</c> false where there is none.</summary>
    /// <exception cref="TemplateException">There are more, or others, than parameters.</exception>
    public Bound Bind(Rendering rendering, params ReadOnlySpan<string> parameters)
    {
        if (Positional.Count > parameters.Length)
            throw rendering.Fail($"{_callee} takes at most {parameters.Length} arguments, {Positional.Count} are given");
        var values = new object?[parameters.Length];
        var given = new bool[parameters.Length];
        for (int i = 0; i < Positional.Count; i++)
            (values[i], given[i]) = (Positional[i], true);
        if (_named is not null)
        {
            foreach ((string name, object? value) in _named)
            {
                int at = parameters.IndexOf(name);
                if (at < 0 || given[at])
                    throw rendering.Fail($"{_callee} has no parameter '{name}', or it is given twice");
                (values[at], given[at]) = (value, true);
            }
        }
        return new Bound(rendering, _callee, parameters.ToArray(), values, given);
    }
}

/// <summary>Arguments by parameter, read with their types checked.</summary>
internal readonly struct Bound(Rendering rendering, string callee, string[] parameters, object?[] values, bool[] given)
{
    public bool Has(int at) => given[at];

    public object? Any(int at) => given[at] ? values[at] : throw Missing(at);

    public object? Any(int at, object? byDefault) => given[at] ? values[at] : byDefault;

    public string Text(int at) => given[at] ? Text(at, "") : throw Missing(at);

    public string Text(int at, string byDefault) => !given[at] ? byDefault : values[at] as string ?? throw Wrong(at, "a text");

    public bool Flag(int at, bool byDefault) => given[at] ? Value.IsTrue(values[at]) : byDefault;

    public long Integer(int at) => given[at] ? Integer(at, 0) : throw Missing(at);

    public long Integer(int at, long byDefault) => !given[at] ? byDefault : values[at] switch
    {
        long n => n,
        bool b => b ? 1 : 0,
        double d when d == Math.Floor(d) && Math.Abs(d) < 1L << 53 => (long)d,
        _ => throw Wrong(at, "a whole number"),
    };

    private TemplateException Missing(int at) => rendering.Fail($"{callee} needs the argument '{parameters[at]}'");

    private TemplateException Wrong(int at, string expected) =>
        rendering.Fail($"{callee}: '{parameters[at]}' must be {expected}, not {Value.TypeName(values[at])}");
}
