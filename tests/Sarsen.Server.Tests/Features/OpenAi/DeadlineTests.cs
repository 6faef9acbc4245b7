using System.Text;
using System.Text.Json;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Tests.Language;
using Sarsen.Tensors.Threads;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>A server that gives each request so much time.</summary>
public sealed class DeadlineTests : IAsyncLifetime
{
    private const string Chat = "/v1/chat/completions";

    private static readonly TimeSpan s_most = TimeSpan.FromMilliseconds(700);

    private readonly TestHost _host = new();
    private readonly ManualResetEventSlim _load = new();

    public async Task InitializeAsync()
    {
        _host.Configure = options => options with
        {
            LanguageTimeout = s_most,
            LanguageModels = [.. new[] { "quick", "endless", "stuck", "unloaded" }.Select(n => new ModelEntry(n, n))],
        };
        _host.LoadModel = entry =>
        {
            if (entry.Name == "unloaded")
                _load.Wait();
            Action? step = entry.Name switch
            {
                "endless" => () => Thread.Sleep(5),
                "stuck" => () => Thread.Sleep(2 * s_most),
                _ => null,
            };
            return ServedModel.Of(new LanguageEngine(ScriptedModel.Load("on and on", contextLength: 1 << 16, onStep: step), new LanguageEngineOptions { Workers = Workers.Serial }));
        };
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _load.Set();
        await _host.DisposeAsync();
        _load.Dispose();
    }

    private static string Json(string model, bool streams) =>
        $$"""{"model": "{{model}}", "messages": [{"role": "user", "content": "Hi"}], "ignore_eos": {{(model == "quick" ? "false" : "true")}}, "stream": {{(streams ? "true" : "false")}}}""";

    [Theory]
    [InlineData("endless", false)]
    [InlineData("stuck", false)]
    [InlineData("stuck", true)]
    [InlineData("unloaded", false)]
    [InlineData("unloaded", true)]
    public async Task Before_the_first_token_it_is_the_status(string model, bool streams)
    {
        using HttpResponseMessage response = await _host.Http.PostAsync(Chat, new StringContent(Json(model, streams), Encoding.UTF8, "application/json"));
        ((int)response.StatusCode).ShouldBe(504);
        // It would take as long again.
        response.Headers.GetValues("x-should-retry").Single().ShouldBe("false");
        JsonElement error = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()).ShouldBe(("server_error", "timeout"));
        error.GetProperty("message").GetString()!.ShouldContain("within 0.");
    }

    [Fact]
    public async Task Behind_it_an_event_ends_the_stream()
    {
        using HttpResponseMessage response = await _host.Http.PostAsync(Chat, new StringContent(Json("endless", streams: true), Encoding.UTF8, "application/json"));
        ((int)response.StatusCode).ShouldBe(200);
        string[] events = (await response.Content.ReadAsStringAsync()).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        events.Length.ShouldBeGreaterThan(3);
        events.ShouldNotContain("data: [DONE]");
        JsonDocument.Parse(events[^1]["data: ".Length..]).RootElement.GetProperty("error").GetProperty("code").GetString().ShouldBe("timeout");
    }

    [Fact]
    public async Task Who_needs_less_does_not_notice()
    {
        (int status, JsonElement body) = await _host.SendAsync(HttpMethod.Post, Chat, Json("quick", streams: false));
        status.ShouldBe(200, body.ToString());
        body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString().ShouldBe("on and on");
    }
}
