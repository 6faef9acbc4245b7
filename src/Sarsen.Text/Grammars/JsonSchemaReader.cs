using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Sarsen.Text.Grammars;

/// <summary>
/// JSON Schema, draft 2020-12, to rules; <see cref="Grammar.FromJsonSchema"/> says which keywords, and what is stricter.
/// Source: JSON Schema Core and Validation, draft 2020-12. The names of its own rules begin with a scope, so that several
/// schemas can stand in one grammar.
/// </summary>
internal sealed class JsonSchemaReader(JsonElement root, JsonSchemaOptions options, CompileBudget budget, string scope = "")
{
    private static readonly string[] Refused =
    [
        "not", "if", "then", "else", "contains", "minContains", "maxContains", "uniqueItems", "multipleOf", "patternProperties", "propertyNames",
        "minProperties", "maxProperties", "dependentRequired", "dependentSchemas", "dependencies", "unevaluatedItems", "unevaluatedProperties",
        "additionalItems", "$dynamicRef", "$recursiveRef",
    ];

    private static readonly (string Type, string[] Keywords)[] TypeKeywords =
    [
        ("object", ["properties", "required", "additionalProperties"]),
        ("array", ["items", "prefixItems", "minItems", "maxItems"]),
        ("string", ["minLength", "maxLength", "pattern", "format"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]),
    ];

    private static readonly string[] Combining = ["enum", "const", "anyOf", "oneOf", "allOf", "$ref"];

    private readonly Dictionary<string, Expression> _rules = new(JsonRules.All);

    /// <summary>The rule that is the whole schema.</summary>
    public string Rule => RuleOf("#");

    /// <summary>The schema's rules, and those of JSON that they use.</summary>
    public IReadOnlyDictionary<string, Expression> Read()
    {
        if (root.ValueKind == JsonValueKind.Object)
            CheckKeywords(root, "#");
        bool isEmpty = root.ValueKind == JsonValueKind.Object && Kinds(root, "#").Length == 0 && !Combining.Any(k => root.TryGetProperty(k, out _));
        // The schema by itself is a rule, for references to it.
        _rules[RuleOf("#")] = isEmpty ? new Reference(JsonRules.Object) : Schema(root, "#");
        return _rules;
    }

    private Expression Schema(JsonElement schema, string path)
    {
        budget.Step();
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return schema.ValueKind == JsonValueKind.True ? new Reference(JsonRules.Value) : new Choice([]);
        if (schema.ValueKind != JsonValueKind.Object)
            throw Fail(path, "a schema must be an object or a boolean");
        CheckKeywords(schema, path);
        string[] combined = [.. Combining.Where(k => schema.TryGetProperty(k, out _))];
        if (combined.Length > 0)
            return Combined(schema, combined, path);
        string[] kinds = Kinds(schema, path);
        if (kinds.Length == 0)
            return new Reference(JsonRules.Value);
        return Join([.. kinds.Select(k => OfType(k, schema, path))]);
    }

    private void CheckKeywords(JsonElement schema, string path)
    {
        foreach (JsonProperty property in schema.EnumerateObject())
        {
            if (Array.IndexOf(Refused, property.Name) < 0 || options.Unenforced.Contains(property.Name))
                continue;
            // What asks for nothing may stand.
            if (property is not { Name: "uniqueItems", Value.ValueKind: JsonValueKind.False })
                throw Fail(path, $"the keyword '{property.Name}' cannot be enforced: leave it out, or name it as unenforced");
        }
    }

    private Expression Combined(JsonElement schema, string[] combined, string path)
    {
        string keyword = combined[0];
        bool isValues = keyword is "enum" or "const";
        string? beside = combined.Skip(1).Concat(TypeKeywords.SelectMany(t => t.Keywords)).FirstOrDefault(k => schema.TryGetProperty(k, out _));
        if (beside is not null || (!isValues && schema.TryGetProperty("type", out _) && keyword == "$ref"))
            throw Fail(path, $"'{keyword}' beside '{beside ?? "type"}' is not supported: put everything into one of them");
        JsonElement value = schema.GetProperty(keyword);
        switch (keyword)
        {
            case "const":
                return Constants(schema, [value], path);
            case "enum":
                return Constants(schema, Items(value, path, keyword), path);
            case "$ref":
                return Referred(value, path);
            default:
                List<JsonElement> ways = Items(value, path, keyword);
                if (keyword == "allOf" && ways.Count > 1)
                    throw Fail(path, "'allOf' of more than one schema is not supported: merge them");
                if (keyword == "oneOf" && !options.Unenforced.Contains(keyword) && !JsonAlternatives.AreDisjoint(ways))
                    throw Fail(path, "'oneOf' cannot be enforced where a value may match two of its schemas: use 'anyOf', give each another type or a property with another constant, or name it as unenforced");
                if (schema.TryGetProperty("type", out JsonElement type) && !ways.TrueForAll(w => w.ValueKind == JsonValueKind.Object && w.TryGetProperty("type", out JsonElement own) && own.GetRawText() == type.GetRawText()))
                    throw Fail(path, $"'{keyword}' beside 'type' is not supported: give each of its schemas the type");
                return Join([.. ways.Select((w, i) => Schema(w, $"{path}/{keyword}/{i}"))]);
        }
    }

    private Expression Constants(JsonElement schema, List<JsonElement> values, string path)
    {
        string[] types = schema.TryGetProperty("type", out _) ? Kinds(schema, path) : [];
        Expression[] fitting = [.. values.Where(v => types.Length == 0 || types.Any(t => IsOfType(v, t))).Select(Constant)];
        return Join(fitting);
    }

    private static bool IsOfType(JsonElement value, string type) => value.ValueKind switch
    {
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && !value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E')),
        JsonValueKind.True or JsonValueKind.False => type == "boolean",
        JsonValueKind.Null => type == "null",
        JsonValueKind.Array => type == "array",
        _ => type == "object",
    };

    private Expression Constant(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return Expression.Literal($"\"{JsonTexts.Escape(value.GetString()!)}\"");
            case JsonValueKind.Array:
                return JsonRules.Brackets(new Listing([.. value.EnumerateArray().Select(v => (Constant(v), true))], JsonRules.Comma, null));
            case JsonValueKind.Object:
                return JsonRules.Braces(new Listing(
                    [.. value.EnumerateObject().Select(p => (JsonRules.Pair(Expression.Literal($"\"{JsonTexts.Escape(p.Name)}\""), Constant(p.Value)), true))], JsonRules.Comma, null));
            default:
                return Expression.Literal(value.GetRawText());
        }
    }

    private Reference Referred(JsonElement reference, string path)
    {
        if (reference.ValueKind != JsonValueKind.String || reference.GetString() is not { } target || !(target == "#" || target.StartsWith("#/", StringComparison.Ordinal)))
            throw Fail(path, "'$ref' must lead to a place within the schema, as in #/$defs/name");
        string rule = RuleOf(target);
        if (!_rules.ContainsKey(rule))
        {
            JsonElement at = root;
            foreach (string part in target.Split('/').Skip(1))
            {
                string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
                bool found = at.ValueKind switch
                {
                    JsonValueKind.Object => at.TryGetProperty(name, out at),
                    JsonValueKind.Array when int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < at.GetArrayLength() => (at = at[i]).ValueKind >= 0,
                    _ => false,
                };
                if (!found)
                    throw Fail(path, $"'$ref' leads to {target}, where nothing is");
            }
            if (!System.Runtime.CompilerServices.RuntimeHelpers.TryEnsureSufficientExecutionStack())
                throw new GrammarLimitException(budget.Source, "references lead too deep");
            // In place before it is read: it may refer to itself.
            _rules[rule] = Expression.Empty;
            _rules[rule] = Schema(at, target);
        }
        return new Reference(rule);
    }

    private string RuleOf(string target) => scope + target;

    // The types that a schema allows; none for any.
    private string[] Kinds(JsonElement schema, string path)
    {
        if (schema.TryGetProperty("type", out JsonElement type))
        {
            if (type.ValueKind == JsonValueKind.String)
                return [type.GetString()!];
            List<JsonElement> types = Items(type, path, "type");
            if (types.Count == 0 || types.Exists(t => t.ValueKind != JsonValueKind.String))
                throw Fail(path, "'type' must be the name of a type, or a list of them");
            string[] names = [.. types.Select(t => t.GetString()!).Distinct()];
            // Every integer is a number.
            return names.Contains("number") ? [.. names.Where(n => n != "integer")] : names;
        }
        string[] implied = [.. TypeKeywords.Where(t => t.Keywords.Any(k => schema.TryGetProperty(k, out _))).Select(t => t.Type)];
        return implied.Length <= 1 ? implied : throw Fail(path, $"the keywords are for several types, {string.Join(" and ", implied)}: add 'type'");
    }

    private Expression OfType(string type, JsonElement schema, string path) => type switch
    {
        "object" => ObjectOf(schema, path),
        "array" => ArrayOf(schema, path),
        "string" => TextOf(schema, path),
        "number" => NumberOf(schema, path),
        "integer" => IntegerOf(schema, path),
        "boolean" => JsonRules.Boolean,
        "null" => JsonRules.Null,
        _ => throw Fail(path, $"there is no type '{type}'"),
    };

    private Expression ObjectOf(JsonElement schema, string path)
    {
        var required = new HashSet<string>(StringComparer.Ordinal);
        if (schema.TryGetProperty("required", out JsonElement names))
        {
            foreach (JsonElement name in Items(names, path, "required"))
                required.Add(name.ValueKind == JsonValueKind.String ? name.GetString()! : throw Fail(path, "'required' must be a list of names"));
        }
        bool named = schema.TryGetProperty("properties", out JsonElement properties);
        if (named && properties.ValueKind != JsonValueKind.Object)
            throw Fail(path, "'properties' must be an object");
        Expression? more = schema.TryGetProperty("additionalProperties", out JsonElement additional)
            ? additional.ValueKind == JsonValueKind.False ? null : Schema(additional, path + "/additionalProperties")
            : named ? null : new Reference(JsonRules.Value);

        var items = new List<(Expression, bool)>();
        var known = new List<string>();
        foreach (JsonProperty property in named ? properties.EnumerateObject().ToArray() : [])
        {
            items.Add((Named(property.Name, Schema(property.Value, $"{path}/properties/{property.Name}")), required.Contains(property.Name)));
            known.Add(property.Name);
        }
        foreach (string name in required.Except(known).ToArray())
        {
            items.Add((Named(name, more ?? throw Fail(path, $"'{name}' is required, but not among the properties, and no others are allowed")), true));
            known.Add(name);
        }
        if (items.Count == 0 && more is Reference { Rule: JsonRules.Value })
            return new Reference(JsonRules.Object);
        Expression key = known.Count == 0 ? new Reference(JsonRules.Text) : JsonRules.Quoted(JsonTexts.KeyOtherThan(known));
        return JsonRules.Braces(new Listing(items, JsonRules.Comma, more is null ? null : JsonRules.Pair(key, more)));
    }

    private static Expression Named(string name, Expression value) => JsonRules.Pair(Expression.Literal($"\"{JsonTexts.Escape(name)}\""), value);

    private Expression ArrayOf(JsonElement schema, string path)
    {
        int min = Count(schema, "minItems", path) ?? 0;
        int? max = Count(schema, "maxItems", path);
        if (max < min)
            throw Fail(path, $"'maxItems' {max} is less than 'minItems' {min}");
        // Before draft 2020-12 the list of the first items was called items, as they all had to be there in that place.
        bool isList = schema.TryGetProperty("items", out JsonElement items) && items.ValueKind == JsonValueKind.Array;
        List<Expression> first = [];
        if (isList || schema.TryGetProperty("prefixItems", out _))
        {
            JsonElement prefix = isList ? items : schema.GetProperty("prefixItems");
            first = [.. Items(prefix, path, "prefixItems").Select((s, i) => Schema(s, $"{path}/prefixItems/{i}"))];
        }
        Expression? rest = first.Count > 0 && (isList || items.ValueKind == JsonValueKind.Undefined || items.ValueKind == JsonValueKind.False) ? null
            : items.ValueKind == JsonValueKind.Undefined ? new Reference(JsonRules.Value)
            : Schema(items, path + "/items");
        if (first.Count > 0 && rest is null)
        {
            if (min > first.Count)
                throw Fail(path, $"'minItems' is {min}, but only {first.Count} items are described");
            // Each item stands in its place, so only the last ones can be missing; without a word about the number none is.
            int least = schema.TryGetProperty("minItems", out _) ? min : Math.Min(first.Count, max ?? int.MaxValue);
            return JsonRules.Brackets(Prefix(first, least, Math.Min(first.Count, max ?? int.MaxValue), null, 0, null));
        }
        return first.Count == 0 && max is null && min <= 1 && rest is not null
            ? JsonRules.Brackets(new Listing(min == 0 ? [] : [(rest, true)], JsonRules.Comma, rest))
            : JsonRules.Brackets(Prefix(first, Math.Min(min, first.Count), Math.Min(first.Count, max ?? int.MaxValue), rest, Math.Max(0, min - first.Count), max - first.Count));
    }

    // The first items, then between min and max others; nested, since what is missing is missing from some place on.
    private static Expression Prefix(List<Expression> first, int least, int most, Expression? rest, int min, int? max)
    {
        Expression tail = Expression.Empty;
        if (rest is not null && !(max <= 0))
        {
            if (most == 0)
            {
                var others = new Sequence([rest, new Repeat(new Sequence([JsonRules.Comma, rest]), Math.Max(0, min - 1), max - 1)]);
                return min == 0 ? Expression.Optional(others) : others;
            }
            tail = new Repeat(new Sequence([JsonRules.Comma, rest]), min, max);
        }
        for (int i = most - 1; i >= 0; i--)
        {
            Expression item = new Sequence([i == 0 ? Expression.Empty : JsonRules.Comma, first[i], tail]);
            tail = i < least ? item : Expression.Optional(item);
        }
        return tail;
    }

    private Expression TextOf(JsonElement schema, string path)
    {
        int min = Count(schema, "minLength", path) ?? 0;
        int? max = Count(schema, "maxLength", path);
        if (max < min)
            throw Fail(path, $"'maxLength' {max} is less than 'minLength' {min}");
        string? pattern = schema.TryGetProperty("pattern", out JsonElement p) ? p.ValueKind == JsonValueKind.String ? p.GetString() : throw Fail(path, "'pattern' must be a text") : null;
        string? format = schema.TryGetProperty("format", out JsonElement f) && f.ValueKind == JsonValueKind.String && JsonFormats.All.TryGetValue(f.GetString()!, out string? known) ? known : null;
        bool bounded = min > 0 || max is not null;
        if ((pattern is not null && (format is not null || bounded)) || (format is not null && bounded))
            throw Fail(path, "of 'pattern', 'format' and lengths only one is supported at a time: put them into one pattern");
        if (pattern is null && format is null)
            return bounded ? JsonRules.Quoted(new Repeat(JsonRules.Character, min, max)) : new Reference(JsonRules.Text);
        Expression content = format is not null
            ? new RegexParser(format, budget).ParseWhole()
            : new RegexParser(pattern!, budget).ParsePart(Expression.Many(new Scalar(ScalarSet.All)));
        return JsonRules.Quoted(JsonTexts.Escaped(content));
    }

    private Expression NumberOf(JsonElement schema, string path)
    {
        (decimal? min, bool aboveMin) = Bound(schema, "minimum", "exclusiveMinimum", path, isLower: true);
        (decimal? max, bool belowMax) = Bound(schema, "maximum", "exclusiveMaximum", path, isLower: false);
        if (min is null && max is null)
            return new Reference(JsonRules.Number);
        if ((min is { } a && a != Math.Floor(a)) || (max is { } b && b != Math.Floor(b)))
            throw Fail(path, "bounds of numbers must be whole numbers");
        return NumberRange.Of((BigInteger?)min, aboveMin, (BigInteger?)max, belowMax);
    }

    private Expression IntegerOf(JsonElement schema, string path)
    {
        (decimal? min, bool aboveMin) = Bound(schema, "minimum", "exclusiveMinimum", path, isLower: true);
        (decimal? max, bool belowMax) = Bound(schema, "maximum", "exclusiveMaximum", path, isLower: false);
        if (min is null && max is null)
            return JsonRules.Integer;
        BigInteger? low = min is { } a ? (BigInteger)Math.Ceiling(a) + (aboveMin && a == Math.Ceiling(a) ? 1 : 0) : null;
        BigInteger? high = max is { } b ? (BigInteger)Math.Floor(b) - (belowMax && b == Math.Floor(b) ? 1 : 0) : null;
        return IntegerRange.Of(low, high) ?? throw Fail(path, "no integer lies within the bounds");
    }

    // The tighter of the bound that is in and the one that is out.
    private (decimal? Bound, bool IsOut) Bound(JsonElement schema, string inclusive, string exclusive, string path, bool isLower)
    {
        decimal? within = Number(schema, inclusive, path), beyond = Number(schema, exclusive, path);
        if (within is null || beyond is null)
            return (within ?? beyond, beyond is not null);
        bool isOut = isLower ? beyond >= within : beyond <= within;
        return (isOut ? beyond : within, isOut);
    }

    private decimal? Number(JsonElement schema, string keyword, string path)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out decimal number) ? number
            : throw Fail(path, $"'{keyword}' must be a number of at most 28 digits");
    }

    private int? Count(JsonElement schema, string keyword, string path)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int count) && count >= 0 ? count
            : throw Fail(path, $"'{keyword}' must be a whole number from 0 on");
    }

    private List<JsonElement> Items(JsonElement list, string path, string keyword) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray()] : throw Fail(path, $"'{keyword}' must be a list");

    private static Expression Join(Expression[] ways) => ways.Length == 1 ? ways[0] : new Choice(ways);

    private GrammarException Fail(string path, string message) => budget.Fail($"{scope}{path}: {message}");
}
