using Sarsen.Text.Templates.Values;

namespace Sarsen.Text.Templates;

/// <summary>The functions that every template sees: Jinja's, and Hugging Face's <c>raise_exception</c> and <c>strftime_now</c>. One more is one line here.</summary>
internal static class FunctionCatalogue
{
    public static IReadOnlyList<(string Name, Function Function)> All { get; } =
    [
        Make("cycler", Cycler),
        Make("dict", (r, a) => Filled(r, new DictValue(), a)),
        Make("joiner", Joiner),
        Make("namespace", (r, a) => Filled(r, new NamespaceValue(), a)),
        Make("raise_exception", (r, a) => throw r.Raise(ValueText.Of(r, a.Bind(r, "message").Any(0)))),
        Make("range", Range),
        Make("strftime_now", (r, a) => TimeText.Format(r, r.Options.Time.GetLocalNow(), a.Bind(r, "format").Text(0))),
    ];

    private static (string, Function) Make(string name, Func<Rendering, Arguments, object?> body) => (name, new Function(name, body));

    private static DictValue Filled(Rendering rendering, DictValue dict, Arguments arguments)
    {
        rendering.Charge(arguments.Named.Count);
        foreach (object? other in arguments.Positional)
        {
            if (other is not DictValue from)
                throw rendering.Fail($"a dict or namespace can be made from a dict, not from {Value.TypeName(other)}");
            rendering.Charge(from.Items.Count);
            foreach ((object key, object? value) in from.Items)
                dict.Items[key] = value;
        }
        foreach ((string key, object? value) in arguments.Named)
            dict.Items[key] = value;
        return dict;
    }

    private static object Range(Rendering rendering, Arguments arguments)
    {
        Bound bound = arguments.Bind(rendering, "start", "stop", "step");
        long start = bound.Has(1) ? bound.Integer(0) : 0, stop = bound.Integer(bound.Has(1) ? 1 : 0), step = bound.Integer(2, 1);
        if (step == 0)
            throw rendering.Fail("range: the step must not be 0");
        // In 128 bits: the ends may lie 2^64 apart.
        Int128 count = step > 0 ? ((Int128)stop - start + step - 1) / step : ((Int128)start - stop - step - 1) / -(Int128)step;
        count = Int128.Max(0, count);
        rendering.Charge((long)Int128.Min(count, int.MaxValue));
        var list = new ListValue((int)count);
        for (long i = 0; i < count; i++)
            list.Items.Add(start + (i * step));
        return list;
    }

    // Nothing the first time it is called, then the separator.
    private static object Joiner(Rendering rendering, Arguments arguments)
    {
        string separator = arguments.Bind(rendering, "sep").Text(0, ", ");
        bool used = false;
        return new Function("joiner", (r, a) =>
        {
            string text = used ? separator : "";
            used = true;
            return text;
        });
    }

    private static object Cycler(Rendering rendering, Arguments arguments)
    {
        List<object?> items = arguments.Positional;
        if (items.Count == 0)
            throw rendering.Fail("cycler needs at least one item");
        int at = 0;
        var cycler = new NamespaceValue();
        cycler.Items["current"] = items[0];
        cycler.Items["next"] = new Function("next", (r, a) =>
        {
            object? item = items[at];
            at = (at + 1) % items.Count;
            cycler.Items["current"] = items[at];
            return item;
        });
        cycler.Items["reset"] = new Function("reset", (r, a) =>
        {
            at = 0;
            cycler.Items["current"] = items[0];
            return null;
        });
        return cycler;
    }
}
