using System.Text.Json;
using Sarsen.Testing;
using Sarsen.Text.Templates;

namespace Sarsen.Text.Tests.Templates;

/// <summary>The templates of 57 models, by the public class: each writes a conversation, or refuses it in its own words.</summary>
public class ModelTemplateTests
{
    private const string Question = "What is the weather in Oslo?", Answer = "It is raining in Oslo.";

    private static readonly ChatMessage[] Plain =
    [
        new() { Role = "user", Text = Question },
        new() { Role = "assistant", Text = Answer },
        new() { Role = "user", Text = "And tomorrow?" },
    ];

    private static readonly ChatMessage[] WithCall =
    [
        new() { Role = "user", Text = Question },
        new() { Role = "assistant", ToolCalls = [new ChatToolCall("abcdef123", "get_weather", """{"city": "Oslo", "days": 1}""")] },
        new() { Role = "tool", Name = "get_weather", ToolCallId = "abcdef123", Text = "rain" },
    ];

    private static readonly JsonElement[] Tools = [JsonSerializer.Deserialize<JsonElement>("""
        {"type": "function", "function": {"name": "get_weather", "description": "The weather of a city.", "parameters":
        {"type": "object", "properties": {"city": {"type": "string", "description": "The city."}, "days": {"type": "integer", "description": "Days ahead."}}, "required": ["city"]}}}
        """)];

    // Firefunction's template needs both; no other knows them.
    private static readonly Dictionary<string, JsonElement> Variables = new()
    {
        ["functions"] = JsonSerializer.SerializeToElement("[]"),
        ["datetime"] = JsonSerializer.SerializeToElement("2025-07-10"),
    };

    [DataFact(TemplateVectors.Folder)]
    public void EveryTemplateWritesAPlainConversation() => Check(Plain, null, text =>
        text.Contains(Question) && text.Contains(Answer) && text.Contains("And tomorrow?"));

    [DataFact(TemplateVectors.Folder)]
    public void EveryTemplateWritesAConversationBesideTools() => Check(Plain, Tools, text => text.Contains(Question) && text.Contains("And tomorrow?"));

    [DataFact(TemplateVectors.Folder)]
    public void EveryTemplateWritesTheAnswerOfATool() => Check(WithCall, Tools, text => text.Contains(Question));

    private static void Check(ChatMessage[] messages, JsonElement[]? tools, Func<string, bool> holds)
    {
        var failures = new List<string>();
        int count = 0, refused = 0;
        foreach ((string name, string source) in TemplateVectors.Models())
        {
            count++;
            try
            {
                string text = ChatTemplate.Parse(source).Render(messages, tools, bosToken: "<s>", eosToken: "</s>", variables: Variables);
                if (!holds(text))
                    failures.Add($"{name}:\n{text}");
            }
            catch (TemplateRaisedException)
            {
                refused++;
            }
            catch (TemplateException e)
            {
                failures.Add($"{name}: {e.Message}");
            }
        }
        failures.ShouldBeEmpty();
        count.ShouldBe(57);
        refused.ShouldBeLessThan(4);
    }
}
