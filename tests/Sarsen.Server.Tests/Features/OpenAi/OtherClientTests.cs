using System.Diagnostics;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Sarsen.Testing;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>Clients and checkers of other people, as processes of their own.</summary>
public sealed class OtherClientTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private static readonly string s_folder = Repository.PathOf("tests", "clients");

    private static Process Start(string program, params IEnumerable<string> arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = s_folder, RedirectStandardOutput = true, RedirectStandardError = true })!;

    [ClientFact("openai")]
    public async Task The_javascript_sdk_gets_what_it_expects()
    {
        using Process process = Start("node", "openai.mjs", new Uri(host.Host.Server.Url, "/v1").ToString(), host.Host.AdminKey);
        Task<string> output = process.StandardOutput.ReadToEndAsync(), errors = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(late.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
        process.ExitCode.ShouldBe(0, await errors);
        (await output).ShouldContain("all as it should be");
    }

    [ClientFact("@stoplight/prism-cli", OpenApiSchema.Folder)]
    public async Task Prism_finds_nothing_in_requests_and_replies()
    {
        string description = Path.Combine(Path.GetTempPath(), $"openai-{Guid.NewGuid():n}.json");
        await using (var packed = new GZipStream(File.OpenRead(Path.Combine(TestData.PathOf(OpenApiSchema.Folder), "openapi.json.gz")), CompressionMode.Decompress))
        await using (FileStream file = File.Create(description))
            await packed.CopyToAsync(file);
        int port = FreePort();
        using Process prism = Start("node", "node_modules/@stoplight/prism-cli/dist/index.js", "proxy", description, new Uri(host.Host.Server.Url, "/v1").ToString(), "--port", $"{port}", "--host", "127.0.0.1", "--errors");
        _ = prism.StandardOutput.ReadToEndAsync();
        _ = prism.StandardError.ReadToEndAsync();
        try
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromMinutes(2) };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", host.Host.AdminKey);
            await UntilListeningAsync(http, prism);
            await CheckAsync(http, HttpMethod.Get, "/models", null);
            await CheckAsync(http, HttpMethod.Get, "/models/talker", null);
            const string Start = """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}]""";
            await CheckAsync(http, HttpMethod.Post, "/chat/completions", Start + "}");
            await CheckAsync(http, HttpMethod.Post, "/chat/completions", Start + """, "n": 2, "logprobs": true, "top_logprobs": 3, "seed": 4, "stop": ["an"], "max_completion_tokens": 4}""");
            await CheckAsync(http, HttpMethod.Post, "/chat/completions", """{"model": "both", "messages": [{"role": "user", "content": "Hi"}], "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object"}}}]}""");
            await CheckAsync(http, HttpMethod.Post, "/chat/completions", Start + """, "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": ["a", "b"]}}}}""");
            await CheckAsync(http, HttpMethod.Post, "/completions", """{"model": "plain", "prompt": "The fox", "logprobs": 2}""");
            await CheckAsync(http, HttpMethod.Post, "/embeddings", """{"model": "org/embedder", "input": ["ab", "c"]}""");
        }
        finally
        {
            prism.Kill(entireProcessTree: true);
            File.Delete(description);
        }
    }

    private static async Task CheckAsync(HttpClient http, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, "application/json") };
        using HttpResponseMessage response = await http.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        response.Headers.TryGetValues("sl-violations", out IEnumerable<string>? violations);
        (violations ?? []).ShouldBeEmpty($"{method} {path} {json}");
        response.StatusCode.ShouldBe(HttpStatusCode.OK, body);
    }

    private static async Task UntilListeningAsync(HttpClient http, Process prism)
    {
        for (DateTime end = DateTime.UtcNow.AddMinutes(4); ; await Task.Delay(500))
        {
            prism.HasExited.ShouldBeFalse();
            try
            {
                (await http.GetAsync("/models")).Dispose();
                return;
            }
            catch (HttpRequestException) when (DateTime.UtcNow < end)
            {
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
