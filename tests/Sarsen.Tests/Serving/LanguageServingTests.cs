using System.Net.Http.Headers;
using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Tests.Serving;

/// <summary><c>sarsen serve</c> with two language models, ended while it streams.</summary>
public sealed class LanguageServingTests : IDisposable
{
    private const string Folder = "models/tinystories-656k", Data = "data";

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-language-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ServingProcess Start(bool fresh, int port = 0) => ServingProcess.Start(_folder, Data, fresh, port,
        "--model", $"one={TestData.PathOf($"{Folder}/tinystories-656k-q4_0.gguf")}", "--model", $"two={TestData.PathOf(Folder)}");

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string model, int tokens, bool streams) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = new StringContent($$"""
                {"model": "{{model}}", "prompt": "Once upon a time", "max_tokens": {{tokens}}, "temperature": 0, "ignore_eos": true, "stream": {{(streams ? "true" : "false")}}}
                """, new MediaTypeHeaderValue("application/json")),
        }, HttpCompletionOption.ResponseHeadersRead);

    private static async Task<string> TextAsync(HttpClient http, string model)
    {
        using HttpResponseMessage answer = await AskAsync(http, model, tokens: 30, streams: false);
        string body = await answer.Content.ReadAsStringAsync();
        answer.IsSuccessStatusCode.ShouldBeTrue(body);
        return JsonDocument.Parse(body).RootElement.GetProperty("choices")[0].GetProperty("text").GetString()!;
    }

    /// <summary>Streams of both models, each of which has begun.</summary>
    private static async Task<List<StreamReader>> LoadAsync(HttpClient http)
    {
        var readers = new List<StreamReader>();
        foreach (HttpResponseMessage response in await Task.WhenAll(Enumerable.Range(0, 8).Select(i => AskAsync(http, i % 2 == 0 ? "one" : "two", tokens: 450, streams: true))))
        {
            response.IsSuccessStatusCode.ShouldBeTrue();
            var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            (await reader.ReadLineAsync())!.ShouldStartWith("data: {");
            readers.Add(reader);
        }
        return readers;
    }

    private string[] Files() => [.. Directory.EnumerateFileSystemEntries(Path.Combine(_folder, Data), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    [DataFact(Folder)]
    public async Task Killed_while_it_streams_it_serves_the_same_again_at_its_port_and_leaves_no_files()
    {
        string key = "";
        int port = 0;
        string[] texts = [], files = [];
        for (int round = 0; round < 3; round++)
        {
            using ServingProcess server = Start(fresh: round == 0, port);
            (key, port) = (server.Key ?? key, server.Url.Port);
            using HttpClient http = server.NewHttp(key);
            string[] now = [await TextAsync(http, "one"), await TextAsync(http, "two")];
            if (round > 0)
                now.ShouldBe(texts);
            texts = now;
            List<StreamReader> streams = await LoadAsync(http);
            SarsenProcess.Signal(server.Process, "KILL");
            foreach (StreamReader stream in streams)
                await Should.ThrowAsync<Exception>(() => stream.ReadToEndAsync().WaitAsync(s_patience));
            server.Process.WaitForExit();
            if (round > 0)
                Files().ShouldBe(files);
            files = Files();
        }
    }

    [DataFact(Folder)]
    public async Task Asked_to_end_while_it_streams_it_ends_what_it_has_begun()
    {
        using ServingProcess server = Start(fresh: true);
        using HttpClient http = server.NewHttp(server.Key!);
        List<StreamReader> streams = await LoadAsync(http);
        Task<string[]> rest = Task.WhenAll(streams.Select(s => s.ReadToEndAsync()));
        SarsenProcess.Ended ended = server.Stop("TERM").ShouldSucceed();
        ended.Errors.ShouldBeEmpty();
        (await rest.WaitAsync(s_patience)).ShouldAllBe(text => text.EndsWith("data: [DONE]\n\n"));
    }
}
