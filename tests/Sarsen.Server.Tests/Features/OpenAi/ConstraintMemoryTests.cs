using System.Net;
using System.Text;
using System.Text.Json;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Tests.Language;
using Sarsen.Tensors.Threads;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>Requests that wait with schemas of their own take memory together, which is bounded.</summary>
public sealed class ConstraintMemoryTests : IAsyncLifetime
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private readonly TestHost _host = new();
    private readonly ManualResetEventSlim _goOn = new();
    private LanguageEngine? _engine;

    public async Task InitializeAsync()
    {
        _host.Configure = options => options with { LanguageModels = [new ModelEntry("held", "held")] };
        _host.LoadModel = _ => ServedModel.Of(_engine = new LanguageEngine(ScriptedModel.Load("on and on", onStep: () => _goOn.Wait()),
            new LanguageEngineOptions { Workers = Workers.Serial, MaxSequences = 1, UsedConstraintBytes = 100_000 }));
        await _host.StartAsync();
    }

    public async Task DisposeAsync()
    {
        _goOn.Set();
        await _host.DisposeAsync();
        _goOn.Dispose();
    }

    private Task<HttpResponseMessage> AskAsync(int length)
    {
        string schema = $"{{\"type\": \"string\", \"pattern\": \"^[a-z]{{{length},{length + 5}}}$\"}}";
        return _host.Http.PostAsync("/v1/chat/completions", new StringContent(
            """{"model": "held", "messages": [{"role": "user", "content": "Hi"}], "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": """ + schema + "}}}",
            Encoding.UTF8, "application/json"));
    }

    [Fact]
    public async Task Other_schemas_are_refused_past_it_and_the_same_one_is_shared()
    {
        // The first is held while its answer is written.
        List<Task<HttpResponseMessage>> same = [AskAsync(20)];
        SpinWait.SpinUntil(() => _engine is { Statistics.Running: 1 }, s_patience).ShouldBeTrue();
        List<Task<HttpResponseMessage>> different = [.. Enumerable.Range(21, 60).Select(AskAsync)];
        same.AddRange(Enumerable.Range(0, 60).Select(_ => AskAsync(20)));
        using HttpResponseMessage refused = await await Task.WhenAny(different).WaitAsync(s_patience);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        JsonElement error = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement.GetProperty("error");
        (error.GetProperty("type").GetString(), error.GetProperty("code").GetString()).ShouldBe(("server_error", "engine_overloaded"));
        error.GetProperty("message").GetString()!.ShouldContain("schemas");
        _goOn.Set();
        foreach (Task<HttpResponseMessage> answer in same)
            (await answer.WaitAsync(s_patience)).StatusCode.ShouldBe(HttpStatusCode.OK);
        HttpStatusCode[] statuses = [.. (await Task.WhenAll(different).WaitAsync(s_patience)).Select(r => r.StatusCode)];
        statuses.Distinct().ShouldBe([HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable], ignoreOrder: true);
        // A lease ends when its answer was sent, which its reader may see before.
        SpinWait.SpinUntil(() => _engine!.Constraints.UsedBytes == 0, s_patience).ShouldBeTrue();
        (await AskAsync(300)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
