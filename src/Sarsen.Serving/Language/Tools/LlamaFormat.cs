using System.Text;

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

    private sealed class LlamaReader(IReadOnlySet<string> names) : ToolCallReader
    {
        private readonly StringBuilder _held = new();
        private bool _isText;

        public override ToolText Add(string text)
        {
            if (_isText)
                return new ToolText(text, []);
            string all = _held.Append(text).ToString().TrimStart();
            bool mayBeCall = all.Length == 0 || all[0] == '{' || (all.Length < Tag.Length ? Tag.StartsWith(all, StringComparison.Ordinal) : all.StartsWith(Tag, StringComparison.Ordinal));
            if (mayBeCall)
                return ToolText.Nothing;
            _isText = true;
            return new ToolText(_held.ToString(), []);
        }

        public override ToolText End()
        {
            if (_isText)
                return ToolText.Nothing;
            string all = _held.ToString(), json = all.Trim();
            if (json.StartsWith(Tag, StringComparison.Ordinal))
                json = json[Tag.Length..].Trim();
            // An object that names none of the functions is an answer in JSON.
            return CallJson.LengthOf(json) == json.Length && CallJson.Read(json, "parameters") is { } call && names.Contains(call.Name)
                ? new ToolText("", [call])
                : new ToolText(all, []);
        }
    }
}
