using System.Text;
using System.Text.Json;
using Sarsen.Serving.Language.Tools;
using Sarsen.Testing;
using Sarsen.Text.Grammars;
using Sarsen.Text.Templates;

namespace Sarsen.Serving.Tests.Language.Tools;

public class ToolFormatTests
{
    private const string Templates = "conformance/chat-templates/llama.cpp";

    private static readonly HashSet<string> s_names = ["get_weather", "add"];

    private static readonly ToolSchema[] s_tools =
    [
        new("get_weather", JsonDocument.Parse("""{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}""").RootElement),
        new("add", JsonDocument.Parse("""{"type": "object", "properties": {"a": {"$ref": "#/$defs/n"}, "b": {"$ref": "#/$defs/n"}}, "required": ["a", "b"], "additionalProperties": false, "$defs": {"n": {"type": "integer"}}}""").RootElement),
    ];

    private static ToolFormat Format(string name) => name switch
    {
        "hermes" => new HermesFormat(),
        "mistral" => new MistralFormat(byName: false),
        "mistral-args" => new MistralFormat(byName: true),
        _ => new LlamaFormat(),
    };

    /// <summary>Reads a text in pieces of a length; what comes must not depend on it.</summary>
    private static (string Content, List<(string Name, string Arguments)> Calls) Read(ToolFormat format, string text, int piece)
    {
        ToolCallReader reader = format.Reader(s_names);
        var content = new StringBuilder();
        var calls = new List<(string Name, string Arguments)>();
        for (int at = 0; at < text.Length; at += piece)
            Take(reader.Add(text.Substring(at, Math.Min(piece, text.Length - at))));
        Take(reader.End());
        return (content.ToString(), calls);

        void Take(ToolText told)
        {
            content.Append(told.Content);
            foreach (ToolCallPart part in told.Calls)
            {
                if (part.Name is not null)
                    calls.Add((part.Name, ""));
                calls[^1] = (calls[^1].Name, calls[^1].Arguments + part.Arguments);
            }
        }
    }

    private static string Json((string Name, string Arguments) call) => $"{call.Name} {call.Arguments.Replace(" ", "", StringComparison.Ordinal)}";

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"Bath\"}}\n</tool_call>", "", "get_weather {\"city\":\"Bath\"}")]
    [InlineData("hermes", "Let me see.\n<tool_call>{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}</tool_call>\n<tool_call>\n{\"name\":\"add\",\"arguments\":\"{\\\"a\\\":3}\"}</tool_call> ", "Let me see.\n", "add {\"a\":1,\"b\":2}; add {\"a\":3}")]
    [InlineData("hermes", "<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": \"a}\\\"</tool_call>{\"}}", "", "f {\"x\":\"a}\\\"</tool_call>{\"}")]
    [InlineData("hermes", "a < b, <tool and <tool_call> is a tag", "a < b, <tool and <tool_call> is a tag", "")]
    [InlineData("hermes", "<tool_call>{\"name\": \"f\", \"arguments\": [1]}</tool_call>", "<tool_call>{\"name\": \"f\", \"arguments\": [1]}</tool_call>", "")]
    [InlineData("hermes", "x <tool_call>{\"name\": \"f\", \"argu", "x <tool_call>{\"name\": \"f\", \"argu", "")]
    [InlineData("hermes", "<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": [1, {\"y\": \"Ba", "", "f {\"x\":[1,{\"y\":\"Ba")]
    [InlineData("hermes", "<tool_call>{\"arguments\": {\"x\": 1}, \"name\": \"f\"}</tool_call> done", "done", "f {\"x\":1}")]
    [InlineData("hermes", "<tool_call>{\"name\": \"f\", \"arguments\": {\"x\": 1}</tool_call>\n<tool_call>{\"name\": \"g\", \"arguments\": {}, \"id\": \"}\"}\n", "", "f {\"x\":1}; g {}")]
    [InlineData("hermes", "<tool_call>{\"name\": \"f\\u0067\", \"arguments\": null}</tool_call>", "", "fg {}")]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}, {\"name\": \"add\", \"arguments\": {}}]", "", "add {\"a\":1}; add {}")]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}, \"id\": \"abcdefghi\"} , {\"arguments\": {}, \"name\": \"add\"}] end", "end", "add {\"a\":1}; add {}")]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}, 7]", "7]", "add {\"a\":1}")]
    [InlineData("mistral", "[TOOL_CALLS] [{\"name\": \"add\"}]", "", "add {}")]
    [InlineData("mistral", "an array [TOOL and [1]", "an array [TOOL and [1]", "")]
    [InlineData("mistral-args", "Well: [TOOL_CALLS]add[ARGS]{\"a\": 1}[TOOL_CALLS]get_weather[CALL_ID]abcdefghi[ARGS]{\"city\": \"x\"}", "Well: ", "add {\"a\":1}; get_weather {\"city\":\"x\"}")]
    [InlineData("llama3", "{\"name\": \"add\", \"parameters\": {\"a\": 1}}", "", "add {\"a\":1}")]
    [InlineData("llama3", "<|python_tag|>{\"name\": \"add\", \"parameters\": {}}", "", "add {}")]
    [InlineData("llama3", "{\"name\": \"add\", \"parameters\": {\"a\": 1", "", "add {\"a\":1")]
    [InlineData("llama3", "{\"parameters\": {\"a\": 1}, \"name\": \"add\"}", "", "add {\"a\":1}")]
    [InlineData("llama3", "{\"name\": \"unknown\", \"parameters\": {}}", "{\"name\": \"unknown\", \"parameters\": {}}", "")]
    [InlineData("llama3", " {\"answer\": 42}", " {\"answer\": 42}", "")]
    [InlineData("llama3", "Hello {\"name\": \"add\"}", "Hello {\"name\": \"add\"}", "")]
    public void Calls_are_told_from_text_wherever_the_pieces_end(string name, string text, string content, string calls)
    {
        for (int piece = 1; piece <= text.Length; piece++)
        {
            (string found, List<(string Name, string Arguments)> called) = Read(Format(name), text, piece);
            found.ShouldBe(content, $"in pieces of {piece}");
            string.Join("; ", called.Select(Json)).ShouldBe(calls, $"in pieces of {piece}");
        }
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 17, \"b\": 2}}\n</tool_call>")]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 17, \"b\": 2}}]")]
    [InlineData("mistral-args", "[TOOL_CALLS]add[ARGS]{\"a\": 17, \"b\": 2}")]
    [InlineData("llama3", "{\"name\": \"add\", \"parameters\": {\"a\": 17, \"b\": 2}}")]
    public void Arguments_are_told_as_they_come(string name, string text)
    {
        const string Arguments = "{\"a\": 17, \"b\": 2}";
        int begin = text.IndexOf(Arguments, StringComparison.Ordinal);
        ToolCallReader reader = Format(name).Reader(s_names);
        for (int at = 0; at < text.Length; at++)
        {
            IReadOnlyList<ToolCallPart> parts = reader.Add(text.Substring(at, 1)).Calls;
            ToolCallPart[] expected = at < begin || at >= begin + Arguments.Length ? []
                : at == begin ? [new ToolCallPart("add", ""), new ToolCallPart(null, "{")]
                : [new ToolCallPart(null, text.Substring(at, 1))];
            parts.ShouldBe(expected, $"at {at}");
        }
        reader.End().Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": -2}}\n</tool_call>", true)]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n</tool_call>\n<tool_call>\n{\"name\": \"get_weather\", \"arguments\": {\"city\": \"x\"}}\n</tool_call>", true)]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": \"1\", \"b\": 2}}\n</tool_call>", false)]
    [InlineData("hermes", "<tool_call>\n{\"name\": \"sub\", \"arguments\": {}}\n</tool_call>", false)]
    [InlineData("hermes", "Hello", false)]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}]", true)]
    [InlineData("mistral", "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {\"a\": 1}}]", false)]
    [InlineData("mistral-args", "[TOOL_CALLS]add[ARGS]{\"a\": 1, \"b\": 2}[TOOL_CALLS]add[ARGS]{\"a\": 1, \"b\": 2}", true)]
    [InlineData("llama3", "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"x\"}}", true)]
    [InlineData("llama3", "{\"name\": \"get_weather\", \"parameters\": {\"town\": \"x\"}}", false)]
    public void Required_calls_are_held_to_names_and_schemas(string name, string text, bool matches) =>
        ToolGrammar.Calls(Format(name), s_tools, several: true).Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(matches);

    [Theory]
    [InlineData("hermes", "Hello, 1 < 2 and <tool <tool_cal", true)]
    [InlineData("hermes", "<<tool_call", true)]
    [InlineData("hermes", "Well <tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n</tool_call>", true)]
    [InlineData("hermes", "Well <tool_call>{}", false)]
    [InlineData("hermes", "<<tool_call>", false)]
    [InlineData("mistral", "Grüße [1, 2] [TOOL[TOOL_", true)]
    [InlineData("mistral", "[TOOL_CALLS]x", false)]
    [InlineData("llama3", "Hello {\"name\": 1}", true)]
    [InlineData("llama3", "", true)]
    [InlineData("llama3", "{\"name\": \"nothing\"}", false)]
    [InlineData("llama3", "{\"name\": \"add\", \"parameters\": {\"a\": 1, \"b\": 2}}", true)]
    public void A_free_answer_is_text_or_right_calls(string name, string text, bool matches) =>
        ToolGrammar.TextOrCalls(Format(name), s_tools, several: true).Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(matches);

    [Theory]
    [InlineData("{\"mood\":\"sad\"}", true)]
    [InlineData("<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b\": 2}}\n</tool_call>", true)]
    [InlineData("sad", false)]
    public void Beside_calls_a_text_can_have_a_schema(string text, bool matches)
    {
        JsonElement schema = JsonDocument.Parse("""{"type": "object", "properties": {"mood": {"type": "string"}}, "required": ["mood"]}""").RootElement;
        ToolGrammar.TextOrCalls(new HermesFormat(), s_tools, several: false, schema).Matches(Encoding.UTF8.GetBytes(text)).ShouldBe(matches);
    }

    [Fact]
    public void A_schema_that_cannot_be_enforced_is_named()
    {
        ToolSchema[] tools = [s_tools[0], new("odd", JsonDocument.Parse("""{"type": "object", "properties": {"x": {"type": "integer", "multipleOf": 3}}}""").RootElement)];
        Should.Throw<GrammarException>(() => ToolGrammar.Calls(new HermesFormat(), tools, several: false)).Message.ShouldContain("args1#/properties/x");
    }

    [DataTheory(Templates)]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", "hermes")]
    [InlineData("Qwen-Qwen3-0.6B", "hermes")]
    [InlineData("Qwen-QwQ-32B", "hermes")]
    [InlineData("NousResearch-Hermes-3-Llama-3.1-8B-tool_use", "hermes")]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct", "llama3")]
    [InlineData("meta-llama-Llama-3.2-3B-Instruct", "llama3")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", "mistral")]
    [InlineData("Mistral-Small-3.2-24B-Instruct-2506", "mistral-args")]
    public void What_a_models_template_writes_is_read_and_allowed(string file, string name)
    {
        var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(TestData.PathOf(Templates), file + ".jinja")));
        ToolFormat format = ToolFormats.Of(template.Source)!;
        format.Name.ShouldBe(name);
        ChatMessage[] question = [new() { Role = "user", Text = "How warm is it in Bath?" }];
        ChatMessage call = new() { Role = "assistant", ToolCalls = [new ChatToolCall(format.NewId(), "get_weather", """{"city": "Bath"}""")] };
        JsonElement[] tools = [JsonDocument.Parse("""{"type": "function", "function": {"name": "get_weather", "description": "The weather.", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}""").RootElement];
        string before = template.Render(question, tools, addGenerationPrompt: true, bosToken: "<s>", eosToken: "</s>");
        string whole = template.Render([.. question, call], tools, addGenerationPrompt: false, bosToken: "<s>", eosToken: "</s>");
        // Where the prompt already begins to think, the rendered answer goes another way from there.
        int common = before.Zip(whole).TakeWhile(p => p.First == p.Second).Count();
        if (common < before.Length)
            common = whole.LastIndexOf('\n', common - 1) + 1;
        string answer = whole[common..];
        foreach (string end in (string[])["<|im_end|>", "<|eot_id|>", "</s>"])
            answer = answer.Split(end)[0];
        answer = answer.Replace("<think>\n\n</think>", "", StringComparison.Ordinal);
        (string content, List<(string Name, string Arguments)> calls) = Read(format, answer.Trim(), 3);
        calls.Select(Json).ShouldBe(["""get_weather {"city":"Bath"}"""]);
        content.Trim().ShouldBeEmpty();
        // An id may stand within: it is not in the grammar, which a model need not write.
        if (!answer.Contains("id\": ", StringComparison.Ordinal) && !answer.Contains("[CALL_ID]", StringComparison.Ordinal))
            ToolGrammar.Calls(format, s_tools, several: true).Matches(Encoding.UTF8.GetBytes(answer.Trim())).ShouldBeTrue(answer);
    }

    [DataFact(Templates)]
    public void Templates_of_other_formats_are_not_taken_for_these()
    {
        foreach (string file in (string[])["Qwen3-Coder", "google-gemma-2-2b-it", "microsoft-Phi-3.5-mini-instruct", "deepseek-ai-DeepSeek-V3.1", "openai-gpt-oss-120b", "MiniMax-M2"])
            ToolFormats.Of(File.ReadAllText(Path.Combine(TestData.PathOf(Templates), file + ".jinja")))?.Name.ShouldBeNull(file);
    }
}
