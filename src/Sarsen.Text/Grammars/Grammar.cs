using System.Text.Json;

namespace Sarsen.Text.Grammars;

/// <summary>
/// What a model's text must match: a GBNF grammar, a JSON Schema, a regular expression, or any JSON. Compiled to a
/// pushdown automaton over bytes; safe for any number of threads.
/// </summary>
public sealed class Grammar
{
    private Grammar(IReadOnlyDictionary<string, Expression> rules, string root, CompileBudget budget)
    {
        Limits = budget.Limits;
        Table = new ReadingTable(AutomatonBuilder.Build(rules, root, budget), budget);
    }

    internal ReadingTable Table { get; }

    internal GrammarLimits Limits { get; }

    /// <summary>Bytes that it takes now: it grows as texts are read, within its limits.</summary>
    public long Bytes => Table.Automaton.Bytes + Table.Bytes;

    /// <summary>A grammar in GBNF; its rule <c>root</c> is the whole text. Tokens in angle brackets are not supported.</summary>
    /// <exception cref="GrammarException">The grammar breaks the syntax, has left recursion, or matches nothing.</exception>
    /// <exception cref="GrammarLimitException">A limit was exceeded.</exception>
    public static Grammar FromGbnf(string source, GrammarLimits? limits = null)
    {
        CompileBudget budget = Begin("grammar", source.Length, limits);
        return new Grammar(new GbnfParser(source, budget).Parse(), "root", budget);
    }

    /// <summary>A grammar in GBNF with rules that are JSON Schemas: what stands around the JSON, and where, the grammar says.</summary>
    /// <param name="source">GBNF that uses the schemas by their names, and has no rules of these names.</param>
    /// <param name="schemas">By name: letters, digits, <c>-</c> and <c>_</c>; each with references of its own, as <see cref="FromJsonSchema"/> reads it.</param>
    /// <param name="options">How the schemas are enforced.</param>
    /// <param name="limits">Of all together.</param>
    /// <exception cref="GrammarException">The grammar or a schema is wrong, or has a keyword that cannot be enforced; one of a schema begins with its name.</exception>
    /// <exception cref="GrammarLimitException">A limit was exceeded.</exception>
    public static Grammar FromGbnf(string source, IReadOnlyDictionary<string, JsonElement> schemas, JsonSchemaOptions? options = null, GrammarLimits? limits = null)
    {
        CompileBudget budget = Begin("grammar", source.Length + schemas.Values.Sum(s => s.GetRawText().Length), limits);
        var rules = new Dictionary<string, Expression>(new GbnfParser(source, budget).Parse());
        foreach ((string name, JsonElement schema) in schemas)
        {
            // No name of a grammar's own rule has this sign in it.
            var reader = new JsonSchemaReader(schema, options ?? JsonSchemaOptions.Default, budget, name);
            foreach ((string rule, Expression expression) in reader.Read())
                rules[rule] = expression;
            if (!rules.TryAdd(name, new Reference(reader.Rule)))
                throw budget.Fail($"the rule '{name}' is there twice: in the grammar, and as a schema");
        }
        return new Grammar(rules, "root", budget);
    }

    /// <summary>
    /// A regular expression that the whole text must match: ECMA-262's characters, <c>.</c>, classes, <c>\d \w \s</c> and
    /// their opposites, groups, <c>|</c>, <c>* + ? {m,n}</c>, and <c>^ $</c> at the ends. Refused: looking around, back
    /// references, <c>\b</c>, <c>\p</c>, anchors elsewhere.
    /// </summary>
    /// <exception cref="GrammarException">The pattern breaks the syntax, or has what no automaton can do.</exception>
    /// <exception cref="GrammarLimitException">A limit was exceeded.</exception>
    public static Grammar FromRegex(string pattern, GrammarLimits? limits = null)
    {
        CompileBudget budget = Begin("regular expression", pattern.Length, limits);
        return new Grammar(new Dictionary<string, Expression> { ["root"] = new RegexParser(pattern, budget).ParseWhole() }, "root", budget);
    }

    /// <summary>
    /// A JSON Schema, draft 2020-12, of this subset: <c>type</c>, <c>enum</c>, <c>const</c>; <c>properties</c>,
    /// <c>required</c>, <c>additionalProperties</c>; <c>items</c>, <c>prefixItems</c>, <c>minItems</c>, <c>maxItems</c>;
    /// <c>minLength</c>, <c>maxLength</c>, <c>pattern</c>, the formats date, time, date-time, uuid and ipv4; bounds of
    /// integers, and whole bounds of numbers; <c>anyOf</c>, <c>oneOf</c> where no value matches two, <c>allOf</c> of one;
    /// <c>$ref</c> within the schema. Stricter than the standard: properties come in the order of the schema; others only
    /// where <c>additionalProperties</c> allows them or none are named; without <c>type</c> the keywords say the type; the
    /// empty schema at the root is any object; integers have at most 16 digits where no bound says otherwise. Other
    /// keywords of the standard are refused, unless <see cref="JsonSchemaOptions.Unenforced"/> names them.
    /// </summary>
    /// <exception cref="GrammarException">The schema is wrong, or has a keyword that cannot be enforced.</exception>
    /// <exception cref="GrammarLimitException">A limit was exceeded.</exception>
    public static Grammar FromJsonSchema(JsonElement schema, JsonSchemaOptions? options = null, GrammarLimits? limits = null)
    {
        CompileBudget budget = Begin("JSON schema", schema.GetRawText().Length, limits);
        var reader = new JsonSchemaReader(schema, options ?? JsonSchemaOptions.Default, budget);
        return new Grammar(reader.Read(), reader.Rule, budget);
    }

    /// <summary>Any JSON value, or any JSON object.</summary>
    public static Grammar AnyJson(bool objectOnly = false, GrammarLimits? limits = null)
    {
        CompileBudget budget = Begin("any JSON", 0, limits);
        Dictionary<string, Expression> rules = new(JsonRules.All) { ["root"] = new Reference(objectOnly ? JsonRules.Object : JsonRules.Value) };
        return new Grammar(rules, "root", budget);
    }

    /// <summary>Whether a whole text matches.</summary>
    public bool Matches(ReadOnlySpan<byte> utf8)
    {
        Readings at = Table.Start;
        foreach (byte b in utf8)
        {
            at = Table.After(at, b);
            if (at.IsDead)
                return false;
        }
        return at.Ends;
    }

    private static CompileBudget Begin(string source, int length, GrammarLimits? limits)
    {
        limits ??= GrammarLimits.Default;
        return length <= limits.MaxSource ? new CompileBudget(source, limits)
            : throw new GrammarLimitException(source, $"it has {length} characters, at most {limits.MaxSource} are allowed");
    }
}
