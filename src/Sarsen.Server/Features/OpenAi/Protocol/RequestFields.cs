using System.Globalization;
using System.Text.Json;

namespace Sarsen.Server.Features.OpenAi.Protocol;

/// <summary>
/// The members of an object of a request, asked for one by one: each of the wrong type or out of range is refused by its
/// name, and so is, in the end, each that nobody asked for. Null is as if it were not there.
/// </summary>
internal sealed class RequestFields
{
    private readonly JsonElement _object;
    private readonly string _path;
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <param name="element">The object.</param>
    /// <param name="path">Where it is in the request; empty for the body.</param>
    /// <exception cref="OpenAiException">It is none.</exception>
    public RequestFields(JsonElement element, string path = "")
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw Wrong(path.Length > 0 ? path : null, "an object", element);
        (_object, _path) = (element, path);
    }

    public string NameOf(string name) => _path.Length > 0 ? $"{_path}.{name}" : name;

    public JsonElement? Any(string name)
    {
        _known.Add(name);
        return _object.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    public string? Text(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(NameOf(name), "a string", value);

    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    public bool? Flag(string name) => Any(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(NameOf(name), "a boolean", value);

    public JsonElement? Array(string name) => Any(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.Array ? value : throw Wrong(NameOf(name), "an array", value);

    public RequestFields? Object(string name) => Any(name) is { } value ? new RequestFields(value, NameOf(name)) : null;

    public long? Integer(string name, long min, long max)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number)
            throw Wrong(NameOf(name), "an integer", value);
        // 3.0 is an integer too.
        if (!value.TryGetInt64(out long number) && !(value.TryGetDouble(out double real) && real == Math.Floor(real) && Math.Abs(real) < 9e15 && (number = (long)real) == real))
            throw Wrong(NameOf(name), "an integer", value);
        return number < min ? throw OutOfRange(name, "integer_below_min_value", number, $"from {min}")
            : number > max ? throw OutOfRange(name, "integer_above_max_value", number, $"up to {max}")
            : number;
    }

    public double? Number(string name, double min, double max, bool aboveMin = false)
    {
        if (Any(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number))
            throw Wrong(NameOf(name), "a number", value);
        return number < min || (aboveMin && number == min) ? throw OutOfRange(name, "decimal_below_min_value", number, aboveMin ? $"above {Invariant(min)}" : $"from {Invariant(min)}")
            : number > max ? throw OutOfRange(name, "decimal_above_max_value", number, $"up to {Invariant(max)}")
            : number;
    }

    /// <summary>One of some words.</summary>
    public string? Word(string name, params ReadOnlySpan<string> words)
    {
        if (Text(name) is not { } word)
            return null;
        return words.Contains(word) ? word
            : throw OpenAiException.Invalid($"'{NameOf(name)}' is '{word}': it can be {string.Join(", ", words.ToArray().Select(w => $"'{w}'"))}", NameOf(name));
    }

    /// <summary>Members that may be there and change nothing here.</summary>
    public void Accept(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
            _known.Add(name);
    }

    /// <summary>A member that would change the answer, and is not supported.</summary>
    public void Refuse(string name, string why)
    {
        if (Any(name) is not null)
            throw OpenAiException.Unsupported($"'{NameOf(name)}' is not supported: {why}", NameOf(name));
    }

    /// <summary>All members have been asked for.</summary>
    /// <exception cref="OpenAiException">There is another.</exception>
    public void Done()
    {
        foreach (JsonProperty member in _object.EnumerateObject())
        {
            if (!_known.Contains(member.Name))
                throw OpenAiException.Invalid($"there is no parameter '{NameOf(member.Name)}': leave it out", NameOf(member.Name), "unknown_parameter");
        }
    }

    public OpenAiException Missing(string name) =>
        OpenAiException.Invalid($"the parameter '{NameOf(name)}' is missing", NameOf(name), "missing_required_parameter");

    public static OpenAiException Wrong(string? param, string expected, JsonElement found) => OpenAiException.Invalid(
        $"'{param ?? "the body"}' is {KindOf(found)}: it must be {expected}", param, "invalid_type");

    private OpenAiException OutOfRange(string name, string code, IFormattable found, string allowed) =>
        OpenAiException.Invalid($"'{NameOf(name)}' is {Invariant(found)}: it can be {allowed}", NameOf(name), code);

    private static string Invariant(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {element.GetRawText()}",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };
}
