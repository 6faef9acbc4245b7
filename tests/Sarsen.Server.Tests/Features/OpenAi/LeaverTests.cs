using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Sarsen.Server.Tests.Features.OpenAi;

/// <summary>Clients that break off anywhere leave nothing behind.</summary>
public sealed class LeaverTests(OpenAiHost host) : IClassFixture<OpenAiHost>
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    private const string Json = """
        {"model": "talker", "messages": [{"role": "user", "content": "Hi"}], "ignore_eos": IGNORE, "n": 3, "stream": STREAM,
         "response_format": {"type": "TYPE"}, "max_tokens": 400}
        """;

    private async Task LeaveAsync(byte[] request, int read)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(host.Host.Server.Url.Host, host.Host.Server.Url.Port);
        await socket.GetStream().WriteAsync(request);
        if (read > 0)
            await socket.GetStream().ReadAtLeastAsync(new byte[read], read, throwOnEndOfStream: false);
    }

    private byte[] Request(bool streams, bool isJson, bool chunked)
    {
        string json = Json.Replace("STREAM", streams ? "true" : "false").Replace("IGNORE", isJson ? "false" : "true").Replace("TYPE", isJson ? "json_object" : "text");
        string length = chunked ? $"Transfer-Encoding: chunked\r\n\r\n{json.Length:x}\r\n{json}\r\n0\r\n\r\n" : $"Content-Length: {json.Length}\r\n\r\n{json}";
        return Encoding.ASCII.GetBytes($"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {host.Host.AdminKey}\r\nContent-Type: application/json\r\n{length}");
    }

    private async Task<double> MetricAsync(string name)
    {
        string text = await host.Host.Http.GetStringAsync("/metrics");
        string line = text.Split('\n').Single(l => l.StartsWith($"sarsen_language_{name}{{model=\"talker\"}} ", StringComparison.Ordinal));
        return double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task Requests_that_are_cut_off_and_answers_that_nobody_reads_hold_no_memory()
    {
        const string Hi = """{"model": "talker", "messages": [{"role": "user", "content": "Hi"}]}""";
        (await host.PostAsync("/v1/chat/completions", Hi)).Status.ShouldBe(200);
        for (int i = 0; i < 32; i++)
        {
            byte[] request = Request(streams: (i & 1) > 0, isJson: (i & 2) > 0, chunked: (i & 4) > 0);
            // Before it was sent whole, as soon as it was, or while it is answered.
            await ((i & 8) > 0 ? LeaveAsync(request[..^(1 + (3 * i))], read: 0) : LeaveAsync(request, read: (i & 16) > 0 && (i & 1) > 0 ? 600 : 0));
        }
        using var patience = new CancellationTokenSource(s_patience);
        foreach (string name in new[] { "requests_running", "requests_waiting", "cache_blocks_used", "constraint_bytes" })
        {
            while (await MetricAsync(name) > 0)
                await Task.Delay(10, patience.Token);
        }
        (await MetricAsync("cache_blocks")).ShouldBeGreaterThan(0);
        (int status, JsonElement body) = await host.PostAsync("/v1/chat/completions", Hi);
        (status, body.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()).ShouldBe((200, OpenAiHost.Greeting));
    }
}
