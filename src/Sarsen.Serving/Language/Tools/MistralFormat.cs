namespace Sarsen.Serving.Language.Tools;

/// <summary>
/// <c>[TOOL_CALLS][{"name": "f", "arguments": {…}}, …]</c>, as Mistral's models up to Nemo write it; later ones write
/// <c>[TOOL_CALLS]f[ARGS]{…}</c> for each call. Both are read; which is written the template says. Ids have nine letters and
/// digits, which the templates insist on. Source: mistral-common, tokenizers v3 and v11; the models' templates.
/// </summary>
internal sealed class MistralFormat(bool byName) : ToolFormat
{
    private const string Mark = "[TOOL_CALLS]", Id = "[CALL_ID]", Arguments = "[ARGS]";

    public override string Name => byName ? "mistral-args" : "mistral";

    internal override IReadOnlyList<string> Markers => [Mark, Id, Arguments];

    internal override bool Writes(string template) => template.Contains(Mark, StringComparison.Ordinal) && template.Contains(Arguments, StringComparison.Ordinal) == byName;

    public override string NewId() => Ids.Random(9);

    internal override string Rules(IReadOnlyList<string> names, bool several)
    {
        string free = $"free ::= {Without(Mark)}\n";
        if (byName)
        {
            string ways = string.Join(" | ", names.Select((n, i) => $"{Gbnf(n + Arguments)} args{i}"));
            return $"call ::= {Gbnf(Mark)} ( {ways} )\ncalls ::= call{(several ? "+" : "")}\n{free}";
        }
        string items = string.Join(" | ", names.Select((n, i) => $"{QuotedName(n)} {Gbnf(", \"arguments\": ")} args{i}"));
        return $$"""
            call ::= {{Gbnf("{\"name\": ")}} ( {{items}} ) "}"
            calls ::= {{Gbnf(Mark + "[")}} call{{(several ? " ( \", \" call )*" : "")}} "]"
            {{free}}
            """;
    }

    public override ToolCallReader Reader(IReadOnlySet<string> names) => new MarkedReader(Mark, Read);

    private static int Read(string text, bool ended, List<ToolCall> calls)
    {
        string trimmed = text.TrimStart();
        if (trimmed.Length == 0)
            return -1;
        if (trimmed[0] != '[')
            return ReadByName(text, calls);
        int length = CallJson.LengthOf(text);
        if (length <= 0)
            return length;
        if (CallJson.ReadAll(text[..length], "arguments") is not { } all)
            return 0;
        calls.AddRange(all);
        return length;
    }

    private static int ReadByName(string text, List<ToolCall> calls)
    {
        int mark = text.IndexOf(Arguments, StringComparison.Ordinal);
        if (mark < 0)
            return -1;
        int id = text.IndexOf(Id, 0, mark, StringComparison.Ordinal);
        string json = text[(mark + Arguments.Length)..];
        int length = CallJson.LengthOf(json);
        if (length <= 0)
            return length;
        if (!CallJson.IsObject(json[..length]))
            return 0;
        calls.Add(new ToolCall(text[..(id < 0 ? mark : id)].Trim(), json[..length].Trim()));
        return mark + Arguments.Length + length;
    }
}
