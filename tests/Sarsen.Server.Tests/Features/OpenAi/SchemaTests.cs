using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>Every kind of reply against OpenAI's own description.</summary>
public sealed class SchemaTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private const string Tools = """[{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]""";

    [DataTheory(OpenApiSchema.Folder)]
    [InlineData("""{"model": "talker", "messages": [{"role": "user", "content": "Hi"}]}""")]
    [InlineData("""{"model": "talker", "messages": [{"role": "developer", "content": "x"}, {"role": "user", "content": [{"type": "text", "text": "Hi"}]}], "n": 3, "logprobs": true, "top_logprobs": 2, "max_completion_tokens": 3, "metadata": {"a": "b"}, "store": false, "user": "me", "service_tier": "auto"}""")]
    [InlineData($$"""{"model": "caller", "messages": [{"role": "user", "content": "Hi"}], "tools": {{Tools}} }""")]
    [InlineData("""{"model": "json", "messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_object"}}""")]
    public async Task Chat(string json)
    {
        (int status, JsonElement body) = await host.PostAsync("/v1/chat/completions", json);
        status.ShouldBe(200, body.ToString());
        OpenApiSchema.CheckReply("/chat/completions", "post", body);
        foreach (string streamed in (string[])[""", "stream": true}""", """, "stream": true, "stream_options": {"include_usage": true}}"""])
        {
            List<string> events = await host.StreamAsync("/v1/chat/completions", json[..^1] + streamed);
            events[^1].ShouldBe("[DONE]");
            foreach (string chunk in events.SkipLast(1))
                OpenApiSchema.Check("CreateChatCompletionStreamResponse", JsonDocument.Parse(chunk).RootElement);
        }
    }

    [DataTheory(OpenApiSchema.Folder)]
    [InlineData("""{"model": "plain", "prompt": "The fox"}""")]
    [InlineData("""{"model": "plain", "prompt": ["The fox", "A dog"], "n": 2, "logprobs": 2, "max_tokens": 4, "echo": false}""")]
    public async Task Completions(string json)
    {
        (int status, JsonElement body) = await host.PostAsync("/v1/completions", json);
        status.ShouldBe(200, body.ToString());
        OpenApiSchema.CheckReply("/completions", "post", body);
        List<string> events = await host.StreamAsync("/v1/completions", json[..^1] + """, "stream": true}""");
        events[^1].ShouldBe("[DONE]");
        // The last of each answer: until then the reason is null, of which the description has no word.
        JsonElement[] last = [.. events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement).Where(e => e.GetProperty("choices")[0].GetProperty("finish_reason").ValueKind == JsonValueKind.String)];
        last.Length.ShouldBe(body.GetProperty("choices").GetArrayLength());
        foreach (JsonElement chunk in last)
            OpenApiSchema.Check("CreateCompletionResponse", chunk);
    }

    [DataFact(OpenApiSchema.Folder)]
    public async Task Embeddings_models_and_errors()
    {
        (int status, JsonElement body) = await host.PostAsync("/v1/embeddings", """{"model": "org/embedder", "input": ["abc", "d"]}""");
        status.ShouldBe(200, body.ToString());
        OpenApiSchema.CheckReply("/embeddings", "post", body);
        OpenApiSchema.CheckReply("/models", "get", (await host.Host.SendAsync(HttpMethod.Get, "/v1/models")).Body);
        OpenApiSchema.CheckReply("/models/{model}", "get", (await host.Host.SendAsync(HttpMethod.Get, "/v1/models/org/embedder")).Body);
        OpenApiSchema.Check("ErrorResponse", (await host.Host.SendAsync(HttpMethod.Get, "/v1/models/none")).Body);
        OpenApiSchema.Check("ErrorResponse", (await host.PostAsync("/v1/chat/completions", "{")).Body);
    }

    [DataFact(OpenApiSchema.Folder)]
    public void The_check_finds_what_is_wrong()
    {
        foreach (string wrong in (string[])["""{"error": {"message": "x", "type": "y", "param": null}}""", """{"error": {"message": 1, "type": "y", "param": null, "code": null}}""", """{}"""])
            Should.Throw<ShouldAssertException>(() => OpenApiSchema.Check("ErrorResponse", JsonDocument.Parse(wrong).RootElement));
        Should.Throw<ShouldAssertException>(() => OpenApiSchema.Check("Model", JsonDocument.Parse("""{"id": "a", "object": "mode", "created": 1, "owned_by": "b"}""").RootElement));
        Should.Throw<ShouldAssertException>(() => OpenApiSchema.Check("Model", JsonDocument.Parse("""{"id": "a", "object": "model", "created": 1, "owned_by": "b", "more": 1}""").RootElement));
    }
}
