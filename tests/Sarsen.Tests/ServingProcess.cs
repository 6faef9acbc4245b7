using System.Diagnostics;
using System.Net.Http.Headers;

namespace Sarsen.Tests;

/// <summary><c>sarsen serve</c> as a process of its own, on a free port.</summary>
internal sealed class ServingProcess : IDisposable
{
    private ServingProcess(Process process, Uri url, string? key) => (Process, Url, Key) = (process, url, key);

    public Process Process { get; }

    public Uri Url { get; }

    /// <summary>The first admin key, where the start made it.</summary>
    public string? Key { get; }

    /// <param name="folder">The working folder.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="fresh">Whether there is no admin key in it yet: then the start prints one.</param>
    /// <param name="more">Further words of the command.</param>
    public static ServingProcess Start(string folder, string data, bool fresh, params IEnumerable<string> more) => Start(folder, data, fresh, port: 0, more);

    /// <param name="folder">The working folder.</param>
    /// <param name="data">The data folder.</param>
    /// <param name="fresh">Whether there is no admin key in it yet.</param>
    /// <param name="port">0 for any free one.</param>
    /// <param name="more">Further words of the command.</param>
    public static ServingProcess Start(string folder, string data, bool fresh, int port, params IEnumerable<string> more)
    {
        Process process = SarsenProcess.Start(folder, ["serve", "--data-folder", data, "--port", $"{port}", .. more]);
        string? line = process.StandardOutput.ReadLine();
        if (line is null)
        {
            SarsenProcess.End(process, "sarsen serve").ShouldSucceed();
            throw new InvalidOperationException("sarsen serve ended without a word");
        }
        line.ShouldStartWith($"serving {Path.Combine(folder, data)} at http://127.0.0.1:");
        string? key = null;
        if (fresh)
        {
            const string Announcement = "the first admin key, shown this once: ";
            string second = process.StandardOutput.ReadLine()!;
            second.ShouldStartWith(Announcement + "sarsen_");
            key = second[Announcement.Length..];
        }
        return new ServingProcess(process, new Uri(line[(line.LastIndexOf(' ') + 1)..]), key);
    }

    /// <summary>The options of a command that is to talk to it.</summary>
    public string[] Options => ["--server", Url.ToString(), "--key", Key!];

    public HttpClient NewHttp(string key)
    {
        var http = new HttpClient { BaseAddress = Url };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return http;
    }

    /// <summary>Waits until all that was deployed before the start is loaded: the address is told earlier.</summary>
    public async Task WaitUntilReadyAsync()
    {
        using var http = new HttpClient { BaseAddress = Url };
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!(await http.GetAsync("v2/health/ready", patience.Token)).IsSuccessStatusCode)
            await Task.Delay(20, patience.Token);
    }

    /// <summary>Sends a signal and waits for the end.</summary>
    public SarsenProcess.Ended Stop(string signal)
    {
        SarsenProcess.Signal(Process, signal);
        return SarsenProcess.End(Process, "sarsen serve");
    }

    public void Dispose()
    {
        if (!Process.HasExited)
            Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
    }
}
