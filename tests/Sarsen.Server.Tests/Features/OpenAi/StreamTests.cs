using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;

namespace Sarsen.Server.Tests.Features.OpenAi;

public sealed class StreamTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private const string Chat = "/v1/chat/completions";

    private static JsonElement[] Chunks(List<string> events) => [.. events.SkipLast(1).Select(e => JsonDocument.Parse(e).RootElement)];

    [Fact]
    public async Task Chunks_come_in_the_order_that_clients_expect()
    {
        List<string> events = await host.StreamAsync(Chat, """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}], "stream": true, "stream_options": {"include_usage": true}}""");
        events[^1].ShouldBe("[DONE]");
        JsonElement[] chunks = Chunks(events);
        chunks.Select(c => c.GetProperty("id").GetString()).Distinct().Count().ShouldBe(1);
        chunks.ShouldAllBe(c => c.GetProperty("object").GetString() == "chat.completion.chunk");
        JsonElement First(JsonElement chunk) => chunk.GetProperty("choices")[0];
        First(chunks[0]).GetProperty("delta").GetRawText().ShouldBe("""{"role":"assistant","content":""}""");
        First(chunks[^2]).GetProperty("delta").GetRawText().ShouldBe("{}");
        First(chunks[^2]).GetProperty("finish_reason").GetString().ShouldBe("stop");
        chunks[1..^2].Select(First).Select(c => c.GetProperty("finish_reason").ValueKind).ShouldAllBe(kind => kind == JsonValueKind.Null);
        chunks[1..^2].Select(First).Select(c => c.GetProperty("delta").GetProperty("content").GetString()).ShouldAllBe(text => text != "");
        string.Concat(chunks[1..^2].Select(c => First(c).GetProperty("delta").GetProperty("content").GetString())).ShouldBe(OpenAiHost.Greeting);
        chunks[..^1].ShouldAllBe(c => c.GetProperty("usage").ValueKind == JsonValueKind.Null);
        chunks[^1].GetProperty("choices").GetArrayLength().ShouldBe(0);
        chunks[^1].GetProperty("usage").GetProperty("completion_tokens").GetInt32().ShouldBeGreaterThan(3);
        List<string> uncounted = await host.StreamAsync(Chat, """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}], "stream": true}""");
        Chunks(uncounted).Count(c => c.TryGetProperty("usage", out _)).ShouldBe(0);
    }

    [Fact]
    public async Task Several_answers_are_told_apart_by_their_index()
    {
        JsonElement[] chunks = Chunks(await host.StreamAsync(Chat, """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}], "stream": true, "n": 3}"""));
        foreach (IGrouping<int, JsonElement> answer in chunks.Select(c => c.GetProperty("choices")[0]).GroupBy(c => c.GetProperty("index").GetInt32()))
            string.Concat(answer.Select(c => c.GetProperty("delta").TryGetProperty("content", out JsonElement text) ? text.GetString() : "")).ShouldBe(OpenAiHost.Greeting);
        chunks.Select(c => c.GetProperty("choices")[0].GetProperty("index").GetInt32()).Distinct().Order().ShouldBe([0, 1, 2]);
    }

    [Fact]
    public async Task Completions_are_streamed_echoed_and_counted_by_prompt()
    {
        List<string> events = await host.StreamAsync("/v1/completions", """{"model": "plain", "prompt": ["The fox", "The dog"], "echo": true, "stream": true, "stream_options": {"include_usage": true}}""");
        JsonElement[] chunks = Chunks(events);
        var texts = chunks.SkipLast(1).Select(c => c.GetProperty("choices")[0]).GroupBy(c => c.GetProperty("index").GetInt32()).OrderBy(g => g.Key).Select(g => string.Concat(g.Select(c => c.GetProperty("text").GetString())));
        texts.ShouldBe(["The fox jumps over", "The dog jumps over"]);
        chunks[^1].GetProperty("usage").GetProperty("prompt_tokens").GetInt32().ShouldBe(14);
    }

    [Fact]
    public async Task Answers_have_the_headers_of_the_api()
    {
        using HttpResponseMessage response = await host.Host.Http.PostAsync(Chat, new StringContent("""{"model": "talker", "messages": [{"role": "user", "content": "Hi"}]}""", Encoding.UTF8, "application/json"));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.GetValues("x-request-id").Single().ShouldStartWith("req_");
        response.Headers.GetValues("openai-version").Single().ShouldBe("2020-10-01");
        long.Parse(response.Headers.GetValues("openai-processing-ms").Single(), CultureInfo.InvariantCulture).ShouldBeInRange(0, 60_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_goes_away_ends_the_work(bool streams)
    {
        using var leave = new CancellationTokenSource();
        string json = $$"""{"model": "slow", "messages": [{"role": "user", "content": "Hi"}], "ignore_eos": true, "stream": {{(streams ? "true" : "false")}}}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, Chat) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        int before = host.SlowSteps;
        Task<HttpResponseMessage> sending = host.Host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, leave.Token);
        for (int i = 0; i < 3000 && host.SlowSteps < before + 10; i++)
            await Task.Delay(10);
        host.SlowSteps.ShouldBeGreaterThanOrEqualTo(before + 10);
        if (streams)
            (await sending).Dispose();
        else
            leave.Cancel();
        // It stops stepping: some may be under way while the news travels.
        int last = -1;
        for (int i = 0; i < 300 && host.SlowSteps != last; i++)
        {
            last = host.SlowSteps;
            await Task.Delay(100);
        }
        host.SlowSteps.ShouldBe(last);
        last.ShouldBeLessThan(20_000);
    }

    [Fact]
    public async Task More_requests_than_the_queue_holds_are_refused_in_part()
    {
        using var leave = new CancellationTokenSource();
        const string Json = """{"model": "slow", "messages": [{"role": "user", "content": "Hi"}], "ignore_eos": true, "n": 10}""";
        Task<HttpResponseMessage> first = host.Host.Http.PostAsync(Chat, new StringContent(Json, Encoding.UTF8, "application/json"), leave.Token);
        int before = host.SlowSteps;
        for (int i = 0; i < 3000 && host.SlowSteps < before + 3; i++)
            await Task.Delay(10);
        using (HttpResponseMessage full = await host.Host.Http.PostAsync(Chat, new StringContent(Json, Encoding.UTF8, "application/json")))
        {
            full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            full.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
            JsonDocument.Parse(await full.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("engine_overloaded");
        }
        leave.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(() => first);
    }

    [Fact]
    public async Task Tokens_go_both_ways()
    {
        JsonElement tokens = (await host.PostAsync("/tokenize", """{"model": "talker", "prompt": "Grüße", "return_token_strs": true}""")).Body;
        tokens.GetProperty("count").GetInt32().ShouldBe(7);
        tokens.GetProperty("max_model_len").GetInt32().ShouldBe(2048);
        tokens.GetProperty("token_strs")[0].GetString().ShouldBe("G");
        JsonElement text = (await host.PostAsync("/detokenize", $$"""{"model": "talker", "tokens": {{tokens.GetProperty("tokens").GetRawText()}} }""")).Body;
        text.GetProperty("prompt").GetString().ShouldBe("Grüße");
        JsonElement chat = (await host.PostAsync("/tokenize", """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}], "add_generation_prompt": false}""")).Body;
        (await host.PostAsync("/detokenize", $$"""{"model": "talker", "tokens": {{chat.GetProperty("tokens").GetRawText()}} }""")).Body.GetProperty("prompt").GetString().ShouldBe("<|im_start|>user\nHi<|im_end|>\n");
    }
}
