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

    public override ToolCallReader Reader(IReadOnlySet<string> names) => new MistralReader();

    private sealed class MistralReader() : CallReader(Mark)
    {
        private bool _isByName;

        protected override CallHead Head(string text)
        {
            string call = text.TrimStart();
            if (call.StartsWith('['))
                call = call[1..].TrimStart();
            if (call.Length == 0)
                return CallHead.Undecided;
            _isByName = call[0] != '{';
            CallHead head = _isByName ? HeadByName(call) : CallJson.Head(call, "arguments");
            return head.Behind(text.Length - call.Length);
        }

        protected override int Tail(string text, bool open, bool ended, out bool another)
        {
            another = false;
            if (_isByName)
                return 0;
            int length = 0;
            if (open)
            {
                var end = new JsonEnd(1);
                length = end.Take(text);
                if (!end.Ended)
                    return -1;
            }
            string rest = text[length..], mark = rest.TrimStart();
            if (mark.Length == 0)
                return -1;
            another = mark[0] == ',';
            return another || mark[0] == ']' ? length + rest.Length - mark.Length + 1 : length;
        }

        private static CallHead HeadByName(string text)
        {
            int mark = text.IndexOf(Arguments, StringComparison.Ordinal);
            if (mark < 0)
                return CallHead.Undecided;
            string json = text[(mark + Arguments.Length)..].TrimStart();
            if (json.Length == 0)
                return CallHead.Undecided;
            int id = text.IndexOf(Id, 0, mark, StringComparison.Ordinal);
            return json[0] == '{' ? CallHead.Open(text[..(id < 0 ? mark : id)].Trim(), text.Length - json.Length) : CallHead.None;
        }
    }
}
