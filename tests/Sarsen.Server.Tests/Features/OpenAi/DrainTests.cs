using System.Diagnostics;
using System.Text;
using Sarsen.Serving.Language;
using Sarsen.Serving.Language.Store;
using Sarsen.Serving.Tests.Language;
using Sarsen.Tensors.Threads;

namespace Sarsen.Server.Tests.Features.OpenAi;

public sealed class DrainTests
{
    [Fact]
    public async Task A_stream_that_does_not_end_in_the_time_it_is_given_does_not_hold_up_the_end()
    {
        await using var host = new TestHost
        {
            Configure = options => options with { DrainTimeout = TimeSpan.FromMilliseconds(300), LanguageModels = [new ModelEntry("endless", "endless")] },
            LoadModel = _ => ServedModel.Of(new LanguageEngine(ScriptedModel.Load("on and on", contextLength: 1 << 20, onStep: () => Thread.Sleep(5)), new LanguageEngineOptions { Workers = Workers.Serial })),
        };
        await host.StartAsync();
        using HttpClient http = host.NewHttp(host.AdminKey);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"model": "endless", "prompt": "x", "max_tokens": 1000000, "ignore_eos": true, "stream": true}""", Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        (await reader.ReadLineAsync())!.ShouldStartWith("data: {");
        Task<string> rest = reader.ReadToEndAsync();
        long begun = Stopwatch.GetTimestamp();
        await host.StopAsync();
        Stopwatch.GetElapsedTime(begun).ShouldBeInRange(TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(20));
        // Its client knows that it was broken off.
        await Should.ThrowAsync<Exception>(() => rest.WaitAsync(TimeSpan.FromSeconds(10)));
    }
}
