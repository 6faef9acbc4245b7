using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sarsen.Tests.Commands;

/// <summary>The main job, and the line that it closes with.</summary>
public sealed class QuickstartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sarsen-tests-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void It_ends_with_a_good_model_and_a_line_that_asks_it_again()
    {
        string output = SarsenProcess.Run(_folder, "quickstart", "--once").ShouldSucceed().Output;
        JsonElement metrics = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder, "quickstart", "run", "model", "model.json"))).RootElement.GetProperty("metrics");
        metrics.GetProperty("test_accuracy").GetDouble().ShouldBeGreaterThanOrEqualTo(0.975);
        output.ShouldContain("true \\ predicted");
        string said = Regex.Match(output, "it says ([0-9]), with probability").Groups[1].Value;

        using ServingProcess server = ServingProcess.Start(_folder, "quickstart/data", fresh: false);
        string line = Regex.Match(output, "^curl .*$", RegexOptions.Multiline).Value.Replace("http://127.0.0.1:8000/", server.Url.ToString(), StringComparison.Ordinal);
        WaitUntilReady(server);
        // As a user would: in a shell, in the same folder.
        var shell = new ProcessStartInfo("bash", ["-c", line]) { WorkingDirectory = _folder, RedirectStandardOutput = true };
        using Process curl = Process.Start(shell)!;
        string answer = curl.StandardOutput.ReadToEnd();
        curl.WaitForExit();
        curl.ExitCode.ShouldBe(0, $"{line}: is curl installed?");
        JsonDocument.Parse(answer).RootElement.GetProperty("predictions")[0].GetProperty("class").GetString().ShouldBe(said, answer);
    }

    private static void WaitUntilReady(ServingProcess server)
    {
        using var http = new HttpClient { BaseAddress = server.Url };
        SpinWait.SpinUntil(() => http.GetAsync("v2/health/ready").Result.IsSuccessStatusCode, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }
}
