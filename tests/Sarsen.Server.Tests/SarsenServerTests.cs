using System.Net;
using System.Net.Sockets;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Keys;

namespace Sarsen.Server.Tests;

public class SarsenServerTests
{
    [Fact]
    public async Task A_second_server_on_the_same_folder_is_refused_with_cause_and_cure()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        ServerStartException e = Should.Throw<ServerStartException>(() => SarsenServer.Build(new ServerOptions { DataFolder = host.DataFolder, Port = 0 }, host.Predictors));
        e.Message.ShouldContain($"process {Environment.ProcessId}");
        e.Message.ShouldContain("--data-folder");
        (await host.Http.GetAsync("/v1/registry/models")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_busy_port_is_refused_with_cause_and_cure()
    {
        using var busy = new TcpListener(IPAddress.Loopback, 0);
        busy.Start();
        int port = ((IPEndPoint)busy.LocalEndpoint).Port;
        await using var host = new TestHost { Configure = o => o with { Port = port } };
        ServerStartException e = await Should.ThrowAsync<ServerStartException>(host.StartAsync);
        e.Message.ShouldContain($"port {port}");
        e.Message.ShouldContain("--port");
        busy.Stop();
    }

    [Fact]
    public async Task It_listens_on_the_loopback_unless_told_otherwise()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        host.Server.Url.Host.ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A_restart_brings_back_models_deployments_and_keys()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        string name = await host.DeployAsync("4", new CreateDeployment("", "", Replicas: 2, MaxDelayMs: 1));
        string user = (await host.Client.CreateKeyAsync(new CreateKey("app"))).Key!;
        await host.StopAsync();

        await host.StartAsync();
        host.Server.FirstKey.ShouldBeNull();
        DeploymentView view = await host.Client.WaitUntilLoadedAsync(name);
        (view.State, view.ServingVersion, view.Replicas, view.MaxDelayMs).ShouldBe(("ready", 1, 2, 1));
        using HttpClient http = host.NewHttp(user);
        (await http.GetAsync($"/v2/models/{name}/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await host.Client.GetModelAsync(name)).LatestVersion.ShouldBe(1);
    }

    [Fact]
    public async Task A_folder_of_a_later_version_is_refused()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        await host.StopAsync();
        using (var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(host.DataFolder, "sarsen.db")};Pooling=False"))
        {
            database.Open();
            using var command = database.CreateCommand();
            command.CommandText = "PRAGMA user_version = 999";
            command.ExecuteNonQuery();
        }
        (await Should.ThrowAsync<ServerStartException>(host.StartAsync)).Message.ShouldContain("version 999");
    }

    [Fact]
    public async Task What_has_begun_is_answered_before_it_ends()
    {
        await using var host = new TestHost();
        await host.StartAsync();
        host.Predictors.Pause = TimeSpan.FromMilliseconds(300);
        string name = await host.DeployAsync();
        Task<PredictResponse> answer = host.Client.PredictAsync(name, [new System.Text.Json.Nodes.JsonObject { ["a"] = 1 }]);
        while ((await host.Client.GetDeploymentAsync(name)).Statistics!.Pending == 0)
            await Task.Delay(5);
        await host.Server.DisposeAsync();
        (await answer).Predictions.Count.ShouldBe(1);
    }
}
