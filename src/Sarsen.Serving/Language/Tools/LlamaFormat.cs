namespace Sarsen.Serving.Language.Tools;

/// <summary>
/// The whole answer is <c>{"name": "f", "parameters": {…}}</c>, with <c>&lt;|python_tag|&gt;</c> before it or not, as Llama 3.1
/// to 3.3 write it: one call an answer. Source: Meta, Llama 3.1 prompt formats; the models' templates.
/// </summary>
internal sealed class LlamaFormat : ToolFormat
{
    private const string Tag = "<|python_tag|>";

    public override string Name => "llama3";

    internal override IReadOnlyList<string> Markers => [Tag];

    public override bool AllowsSeveral => false;

    internal override bool Writes(string template) => template.Contains("<|start_header_id|>", StringComparison.Ordinal) && template.Contains("\"parameters\": ", StringComparison.Ordinal);

    internal override string Rules(IReadOnlyList<string> names, bool several)
    {
        string ways = string.Join(" | ", names.Select((n, i) => $"{QuotedName(n)} {Gbnf(", \"parameters\": ")} args{i}"));
        return $$"""
            calls ::= {{Gbnf("{\"name\": ")}} ( {{ways}} ) "}"
            free ::= ( [^{<] .* )?

            """;
    }

    public override ToolCallReader Reader(IReadOnlySet<string> names) => new LlamaReader(names);

    private sealed class LlamaReader(IReadOnlySet<string> names) : CallReader(null)
    {
        protected override CallHead Head(string text)
        {
            string call = text.TrimStart();
            if (call.Length < Tag.Length && Tag.StartsWith(call, StringComparison.Ordinal))
                return CallHead.Undecided;
            if (call.StartsWith(Tag, StringComparison.Ordinal))
                call = call[Tag.Length..].TrimStart();
            CallHead head = CallJson.Head(call, "parameters");
            // An object that names none of the functions is an answer in JSON.
            return head.Kind is CallHead.Is.Undecided || names.Contains(head.Name) ? head.Behind(text.Length - call.Length) : CallHead.None;
        }

        protected override int Tail(string text, bool open, bool ended, out bool another)
        {
            another = false;
            if (!open)
                return 0;
            var end = new JsonEnd(1);
            int length = end.Take(text);
            return end.Ended ? length : -1;
        }
    }
}
