namespace Sarsen.Serving.Language.Tools;

/// <summary>
/// <c>&lt;tool_call&gt;\n{"name": "f", "arguments": {…}}\n&lt;/tool_call&gt;</c>, any number of times, as Hermes 2 and 3, Qwen 2.5
/// and 3 and SmolLM 3 write it. Source: NousResearch, Hermes-Function-Calling; the models' templates.
/// </summary>
internal sealed class HermesFormat : ToolFormat
{
    private const string Open = "<tool_call>", Close = "</tool_call>";

    public override string Name => "hermes";

    internal override IReadOnlyList<string> Markers => [Open, Close];

    // Qwen 3 Coder writes its own XML between the same marks.
    internal override bool Writes(string template) => template.Contains(Open, StringComparison.Ordinal) && !template.Contains("<function=", StringComparison.Ordinal);

    internal override string Rules(IReadOnlyList<string> names, bool several)
    {
        string ways = string.Join(" | ", names.Select((n, i) => $"{QuotedName(n)} {Gbnf(", \"arguments\": ")} args{i}"));
        return $"""
            call ::= {Gbnf(Open + "\n{\"name\": ")} ( {ways} ) {Gbnf("}\n" + Close)}
            calls ::= call{(several ? " ( \"\\n\" call )*" : "")}
            free ::= {Without(Open)}

            """;
    }

    public override ToolCallReader Reader(IReadOnlySet<string> names) => new HermesReader();

    private sealed class HermesReader() : CallReader(Open)
    {
        protected override CallHead Head(string text) => CallJson.Head(text, "arguments");

        // The end mark belongs to it; an answer that was cut before it has made the call all the same.
        protected override int Tail(string text, bool open, bool ended, out bool another)
        {
            another = false;
            int length = 0;
            if (open)
            {
                var end = new JsonEnd(1);
                length = end.Take(text);
                if (!end.Ended)
                {
                    // Small models forget the last brace.
                    int close = text.IndexOf(Close, StringComparison.Ordinal);
                    return close < 0 ? -1 : close + Close.Length;
                }
            }
            string rest = text[length..], mark = rest.TrimStart();
            if (mark.StartsWith(Close, StringComparison.Ordinal))
                return length + rest.Length - mark.Length + Close.Length;
            return !ended && Close.StartsWith(mark, StringComparison.Ordinal) ? -1 : length;
        }
    }
}
