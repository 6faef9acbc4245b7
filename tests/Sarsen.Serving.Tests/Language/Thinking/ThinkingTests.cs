using System.Text;
using System.Text.Json;
using Sarsen.Serving.Language.Thinking;
using Sarsen.Serving.Language.Tools;
using Sarsen.Testing;
using Sarsen.Text.Templates;

namespace Sarsen.Serving.Tests.Language.Thinking;

public class ThinkingTests
{
    private const string Templates = "conformance/chat-templates/llama.cpp";

    private static readonly JsonElement s_mood = JsonDocument.Parse("""{"type": "object", "properties": {"mood": {"enum": ["happy", "sad"]}}, "required": ["mood"], "additionalProperties": false}""").RootElement;

    [Theory]
    [InlineData(ThinkingStart.Possible, "<think>\nHm, 1 < 2 </thin.\n\nSo.\n</think>\n\nFour. ", "Hm, 1 < 2 </thin.\n\nSo.", "Four. ")]
    [InlineData(ThinkingStart.Possible, " \n<think>\n\n</think>x", "", "x")]
    [InlineData(ThinkingStart.Possible, " four <think>x</think>", "", " four <think>x</think>")]
    [InlineData(ThinkingStart.Possible, "<thin", "", "<thin")]
    [InlineData(ThinkingStart.Possible, "<think> cut  </th", "cut  </th", "")]
    [InlineData(ThinkingStart.Possible, "", "", "")]
    [InlineData(ThinkingStart.Begun, "\nso\n\n so </think> yes</think>", "so\n\n so", "yes</think>")]
    [InlineData(ThinkingStart.Begun, "on and on ", "on and on", "")]
    [InlineData(ThinkingStart.None, "<think>x</think>", "", "<think>x</think>")]
    public void Thinking_is_told_from_text_wherever_the_pieces_end(ThinkingStart start, string text, string thought, string content)
    {
        for (int piece = 1; piece <= text.Length + 1; piece++)
        {
            var reader = new ThinkingReader(start);
            StringBuilder thoughts = new(), contents = new();
            for (int at = 0; at < text.Length; at += piece)
                Take(reader.Add(text.Substring(at, Math.Min(piece, text.Length - at))));
            Take(reader.End());
            (thoughts.ToString(), contents.ToString()).ShouldBe((thought, content), $"in pieces of {piece}");

            void Take(ThinkingText told)
            {
                thoughts.Append(told.Thought);
                contents.Append(told.Content);
            }
        }
    }

    [Theory]
    [InlineData(ThinkingStart.Begun, "so {} </think>\n\n{\"mood\":\"sad\"}", true)]
    [InlineData(ThinkingStart.Begun, "</think>{\"mood\":\"sad\"}", true)]
    [InlineData(ThinkingStart.Begun, "{\"mood\":\"sad\"}", false)]
    [InlineData(ThinkingStart.Possible, "{\"mood\":\"sad\"}", true)]
    [InlineData(ThinkingStart.Possible, "<think>\nany </thin\n</think>\n\n{\"mood\":\"sad\"}", true)]
    [InlineData(ThinkingStart.Possible, "<think>any</think>sad", false)]
    [InlineData(ThinkingStart.Possible, "<think>any", false)]
    [InlineData(ThinkingStart.None, "{\"mood\":\"sad\"}", true)]
    [InlineData(ThinkingStart.None, "<think></think>{\"mood\":\"sad\"}", false)]
    public void A_constraint_begins_behind_the_thinking(ThinkingStart start, string text, bool matches)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(text);
        ToolGrammar.Json(s_mood, start).Matches(utf8).ShouldBe(matches);
        ToolSchema[] tools = [new("feel", s_mood)];
        byte[] call = Encoding.UTF8.GetBytes(text.Replace("{\"mood\":\"sad\"}", "<tool_call>\n{\"name\": \"feel\", \"arguments\": {\"mood\":\"sad\"}}\n</tool_call>", StringComparison.Ordinal));
        ToolGrammar.Calls(new HermesFormat(), tools, several: false, start).Matches(call).ShouldBe(matches);
        ToolGrammar.TextOrCalls(new HermesFormat(), tools, several: false, s_mood, start).Matches(utf8).ShouldBe(matches);
        ToolGrammar.TextOrCalls(new HermesFormat(), tools, several: false, s_mood, start).Matches(call).ShouldBe(matches);
    }

    [DataTheory(Templates)]
    [InlineData("Qwen-Qwen3-0.6B", null, ThinkingStart.Possible)]
    [InlineData("Qwen-Qwen3-0.6B", true, ThinkingStart.Possible)]
    [InlineData("Qwen-Qwen3-0.6B", false, ThinkingStart.None)]
    [InlineData("Qwen-QwQ-32B", true, ThinkingStart.Begun)]
    [InlineData("Qwen-QwQ-32B", false, ThinkingStart.None)]
    [InlineData("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", true, ThinkingStart.Begun)]
    [InlineData("HuggingFaceTB-SmolLM3-3B", false, ThinkingStart.None)]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", null, ThinkingStart.None)]
    [InlineData("meta-llama-Llama-3.1-8B-Instruct", null, ThinkingStart.None)]
    public void A_template_says_where_an_answer_thinks(string file, bool? enabled, ThinkingStart start)
    {
        var template = ChatTemplate.Parse(File.ReadAllText(Path.Combine(TestData.PathOf(Templates), file + ".jinja")));
        var variables = new Dictionary<string, JsonElement>();
        if (enabled is { } value)
            variables["enable_thinking"] = JsonSerializer.SerializeToElement(value);
        string prompt = template.Render([new ChatMessage { Role = "user", Text = "2 + 2?" }], null, addGenerationPrompt: true, bosToken: "<s>", eosToken: "</s>", variables);
        ThinkingMarks.StartOf(template.Source, prompt).ShouldBe(start);
    }
}
