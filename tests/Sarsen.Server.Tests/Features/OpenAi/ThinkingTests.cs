using System.Text.Json;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>Models that think before they answer.</summary>
public sealed class ThinkingTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private const string Path = "/v1/chat/completions", Thought = "Seven years, so glad.", Content = "{\"mood\": \"happy\", \"age\": 7}";

    private const string Format = """
        , "response_format": {"type": "json_schema", "json_schema": {"name": "mood", "schema": {"type": "object", "properties": {"mood": {"enum": ["happy", "sad"]}, "age": {"type": "integer"}}, "required": ["mood", "age"], "additionalProperties": false}}}
        """;

    private const string Tools = """
        , "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": false}}}]
        """;

    private static string Json(string model, string more) => $$"""{"model": "{{model}}", "temperature": 0, "messages": [{"role": "user", "content": "Hi"}]{{more}}}""";

    [Theory]
    [InlineData("thinker", "")]
    [InlineData("opened", "")]
    [InlineData("thinker", Format)]
    [InlineData("opened", Format)]
    [InlineData("thinker", """, "response_format": {"type": "json_object"}""")]
    public async Task Thinking_is_apart_from_the_answer(string model, string more)
    {
        (int status, JsonElement body) = await host.PostAsync(Path, Json(model, more));
        status.ShouldBe(200, body.ToString());
        JsonElement message = body.GetProperty("choices")[0].GetProperty("message");
        (message.GetProperty("reasoning_content").GetString(), message.GetProperty("content").GetString()).ShouldBe((Thought, Content));
        JsonElement usage = body.GetProperty("usage");
        int thought = usage.GetProperty("completion_tokens_details").GetProperty("reasoning_tokens").GetInt32();
        thought.ShouldBeInRange(4, usage.GetProperty("completion_tokens").GetInt32() - 4);

        List<string> events = await host.StreamAsync(Path, Json(model, more + """, "stream": true"""));
        JsonElement[] deltas = [.. events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement.GetProperty("choices")[0].GetProperty("delta"))];
        string Joined(string name) => string.Concat(deltas.Select(d => d.TryGetProperty(name, out JsonElement text) ? text.GetString() : ""));
        (Joined("reasoning_content"), Joined("content")).ShouldBe((Thought, Content));
        deltas.Count(d => d.TryGetProperty("reasoning_content", out _)).ShouldBeGreaterThan(2);
        // All of it comes before the answer.
        int last = Array.FindLastIndex(deltas, d => d.TryGetProperty("reasoning_content", out _));
        deltas[1..last].Count(d => d.TryGetProperty("content", out _)).ShouldBe(0);
    }

    [Theory]
    [InlineData("auto")]
    [InlineData("required")]
    public async Task Calls_come_behind_the_thinking(string choice)
    {
        (int status, JsonElement body) = await host.PostAsync(Path, Json("thinking-caller", Tools + $$""", "tool_choice": "{{choice}}" """));
        status.ShouldBe(200, body.ToString());
        JsonElement answer = body.GetProperty("choices")[0], message = answer.GetProperty("message");
        message.GetProperty("reasoning_content").GetString().ShouldBe("Weather is asked.");
        message.GetProperty("content").ValueKind.ShouldBe(JsonValueKind.Null);
        message.GetProperty("tool_calls")[0].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{\"city\": \"Paris\"}");
        answer.GetProperty("finish_reason").GetString().ShouldBe("tool_calls");
    }

    [Fact]
    public async Task Who_wants_no_thinking_tells_the_template()
    {
        // The prompt has closed it, so that what comes is the answer, whatever it looks like.
        JsonElement body = (await host.PostAsync(Path, Json("thinker", """, "chat_template_kwargs": {"enable_thinking": false}"""))).Body;
        JsonElement message = body.GetProperty("choices")[0].GetProperty("message");
        message.TryGetProperty("reasoning_content", out _).ShouldBeFalse();
        message.GetProperty("content").GetString()!.ShouldStartWith("<think>");
        // Held to a format it has none.
        body = (await host.PostAsync(Path, Json("thinker", Format + """, "chat_template_kwargs": {"enable_thinking": false}"""))).Body;
        JsonDocument.Parse(body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!).RootElement.GetProperty("mood").GetString().ShouldBeOneOf("happy", "sad");
    }

    [Fact]
    public async Task Thinking_that_is_cut_is_no_answer()
    {
        JsonElement choice = (await host.PostAsync(Path, Json("thinker", """, "max_tokens": 5"""))).Body.GetProperty("choices")[0];
        choice.GetProperty("finish_reason").GetString().ShouldBe("length");
        choice.GetProperty("message").GetProperty("content").GetString().ShouldBe("");
        Thought.ShouldStartWith(choice.GetProperty("message").GetProperty("reasoning_content").GetString()!);
    }
}
