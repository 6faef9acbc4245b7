using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class ServeTests(TrainedModels models)
{
    [Fact]
    public void A_busy_port_is_refused()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        int port = ((IPEndPoint)busy.LocalEndpoint).Port;
        SarsenProcess.Ended ended = models.Run("serve", "--data-folder", "busy-data", "--port", $"{port}").ShouldFail(ExitCode.Failed, $"port {port}");
        ended.Errors.Trim().Split('\n').Length.ShouldBe(1, ended.Errors);
        ended.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--port 70000", "--port takes a number from 0 to 65535")]
    [InlineData("--host here", "--host takes an address")]
    public Task Bad_input_ends_with_2_and_words(string line, string words) => models.RefuseAsync($"serve {line}", ExitCode.BadInput, words);

    [Fact]
    public async Task A_server_that_was_killed_serves_the_same_again()
    {
        const string Data = "killed-data";
        string key;
        using (ServingProcess first = ServingProcess.Start(models.Folder, Data, fresh: true))
        {
            key = first.Key!;
            models.Run(["models", "register", "fruit", "runs/fruit", .. first.Options]).ShouldSucceed();
            models.Run(["deploy", "fruit", .. first.Options]).ShouldSucceed();
            models.Run("serve", "--data-folder", Data, "--port", "0").ShouldFail(ExitCode.Failed, $"process {first.Process.Id}");
            first.Process.Kill();
            first.Process.WaitForExit();
        }

        using ServingProcess second = ServingProcess.Start(models.Folder, Data, fresh: false);
        await second.WaitUntilReadyAsync();
        models.Run("deploy", "--server", second.Url.ToString(), "--key", key).ShouldSucceed().Output.ShouldContain("ready");
        SarsenProcess.Ended ended = second.Stop("TERM").ShouldSucceed();
        // The key was printed by the first start and by no other.
        ended.Output.ShouldNotContain("sarsen_");
        ended.Errors.ShouldNotContain("fail: ");
    }

    [Fact]
    public async Task What_is_asked_before_the_end_is_answered()
    {
        using ServingProcess server = ServingProcess.Start(models.Folder, "drained-data", fresh: true);
        models.Run(["models", "register", "fruit", "runs/fruit", .. server.Options]).ShouldSucceed();
        // Requests wait for others this long, so that they are under way when the end is asked for.
        models.Run(["deploy", "fruit", "--max-delay-ms", "2000", .. server.Options]).ShouldSucceed();
        using HttpClient http = server.NewHttp(server.Key!);
        Task<HttpResponseMessage>[] asked = [.. Enumerable.Range(0, 8).Select(_ =>
            http.PostAsync("v1/deployments/fruit/predict", new StringContent("""{"rows": [{"weight": 150, "colour": "red"}]}""", new MediaTypeHeaderValue("application/json"))))];
        while (!(await http.GetStringAsync("metrics")).Contains("sarsen_deployment_pending_requests{deployment=\"fruit\",model=\"fruit\",version=\"1\"} 8\n", StringComparison.Ordinal))
            Task.WhenAll(asked).IsCompleted.ShouldBeFalse();
        server.Stop("TERM").ShouldSucceed();
        foreach (HttpResponseMessage answer in await Task.WhenAll(asked))
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
