using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Models;

namespace Sarsen.Server.Tests.Features.Deployments;

public class DeploymentTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Rows_of_raw_values_are_predicted()
    {
        string name = await host.DeployAsync("2");
        PredictResponse answer = await host.Client.PredictAsync(name, [new JsonObject { ["a"] = 3 }, new JsonObject { ["a"] = 0.25, ["b"] = 4 }]);
        (answer.Name, answer.Version, answer.Predictions.Count).ShouldBe((name, 1, 2));
        float[] first = TestPredictor.Share(3, 0, 2);
        answer.Predictions[0].Class.ShouldBe("red");
        ((float)answer.Predictions[0].Probability!.Value).ShouldBe(first[0]);
        answer.Predictions[0].Probabilities!.Keys.ShouldBe(["red", "green", "blue"]);
        answer.Predictions[1].Class.ShouldBe("green");
    }

    [Theory]
    [InlineData("""{"rows": [{"a": 1}, {"a": "x"}]}""", "row 1", 1, "a")]
    [InlineData("""{"rows": [{"b": 1}]}""", "missing", 0, "a")]
    [InlineData("""{"rows": [{"a": 1, "c": 1}]}""", "no field 'c'", 0, "c")]
    [InlineData("""{"rows": []}""", "empty", null, null)]
    [InlineData("""{"rows": [1]}""", "row 0 is not an object", null, null)]
    [InlineData("""{"rows": {}}""", "'rows'", null, null)]
    [InlineData("""{"row": []}""", "'rows'", null, null)]
    [InlineData("""[]""", "'rows'", null, null)]
    [InlineData("""{"rows": [{"a": 1}""", "no JSON", null, null)]
    [InlineData("", "no JSON", null, null)]
    [InlineData("""{"rows": [{"a": 1, "\ud800": 1}]}""", "UTF-8", null, null)]
    public async Task Wrong_rows_are_problems_that_name_row_and_field(string json, string part, int? row, string? field)
    {
        string name = await host.SharedAsync();
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Post, $"/v1/deployments/{name}/predict", json);
        status.ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldContain(part);
        (body.TryGetProperty("row", out JsonElement r) ? r.GetInt32() : (int?)null).ShouldBe(row);
        (body.TryGetProperty("field", out JsonElement f) ? f.GetString() : null).ShouldBe(field);
    }

    [Fact]
    public async Task Rows_nested_too_deep_and_bytes_that_are_no_text_are_refused()
    {
        string name = await host.SharedAsync();
        string deep = $$"""{"rows": [{"a": {{new string('[', 2000)}}{{new string(']', 2000)}}}]}""";
        (await host.SendAsync(HttpMethod.Post, $"/v1/deployments/{name}/predict", deep)).Status.ShouldBe(400);
        using var content = new ByteArrayContent([.. "{\"rows\": [{\"a"u8, 0xFF, .. "\": 1}]}"u8]);
        content.Headers.ContentType = new("application/json");
        (await host.Http.PostAsync($"/v1/deployments/{name}/predict", content)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_change_of_version_loses_no_request()
    {
        string name = await host.DeployAsync("2");
        await host.Client.UploadAsync(name, TestPredictors.Write(host.NewFolder(), "6"));
        using var stop = new CancellationTokenSource();
        var row = new JsonArray(new JsonObject { ["a"] = 3 });
        Task<int[]>[] clients = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            var versions = new List<int>();
            while (!stop.IsCancellationRequested)
            {
                PredictResponse answer = await host.Client.PredictAsync(name, row);
                // Each answer is that of the version it names.
                ((float)answer.Predictions[0].Probability!.Value).ShouldBe(TestPredictor.Share(3, 0, answer.Version == 1 ? 2 : 6)[0]);
                versions.Add(answer.Version);
            }
            return versions.ToArray();
        }))];
        for (int i = 0; i < 6; i++)
        {
            await host.Client.UpdateDeploymentAsync(name, new UpdateDeployment(Version: i % 2 == 0 ? "2" : "1"));
            DeploymentView view = await host.Client.WaitUntilLoadedAsync(name);
            (view.State, view.Reason, view.ServingVersion).ShouldBe(("ready", null, i % 2 == 0 ? 2 : 1));
        }
        stop.Cancel();
        int[] seen = [.. (await Task.WhenAll(clients)).SelectMany(v => v)];
        seen.ShouldContain(1);
        seen.ShouldContain(2);
    }

    [Fact]
    public async Task A_version_that_does_not_load_leaves_the_old_one_serving()
    {
        string name = await host.DeployAsync("2");
        await host.Client.UploadAsync(name, TestPredictors.Write(host.NewFolder(), "no number"));
        await host.Client.UpdateDeploymentAsync(name, new UpdateDeployment(Version: "latest"));
        DeploymentView view = await host.Client.WaitUntilLoadedAsync(name);
        (view.State, view.Version, view.ServingVersion).ShouldBe(("ready", 1, 1));
        view.Reason!.ShouldContain("scale.txt holds no number");
        (await host.Client.PredictAsync(name, [new JsonObject { ["a"] = 1 }])).Version.ShouldBe(1);
    }

    [Fact]
    public async Task A_model_that_does_not_load_fails_with_its_reason_and_answers_503()
    {
        await host.Client.UploadAsync("broken", TestPredictors.Write(host.NewFolder(), "no number"));
        await host.Client.DeployAsync(new CreateDeployment("broken", "broken"));
        DeploymentView view = await host.Client.WaitUntilLoadedAsync("broken");
        (view.State, view.ServingVersion).ShouldBe(("failed", null));
        view.Reason!.ShouldContain("scale.txt holds no number");
        ServerRefusalException e = await Should.ThrowAsync<ServerRefusalException>(() => host.Client.PredictAsync("broken", [new JsonObject { ["a"] = 1 }]));
        e.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        e.Message.ShouldContain("no number");
        (await host.SendAsync(HttpMethod.Get, "/v2/models/broken/ready")).Status.ShouldBe(400);
        (await host.SendAsync(HttpMethod.Post, "/v2/models/broken/infer", "{}")).Status.ShouldBe(503);
        (await host.Client.IsReadyAsync()).ShouldBeTrue();
        await host.Client.DeleteDeploymentAsync("broken");
    }

    [Fact]
    public async Task Files_that_changed_in_the_registry_are_not_served()
    {
        ModelVersionView version = await host.Client.UploadAsync("tampered", TestPredictors.Write(host.NewFolder()));
        File.WriteAllText(Path.Combine(host.DataFolder, "models", "tampered", "1", "scale.txt"), "9");
        await host.Client.DeployAsync(new CreateDeployment("tampered", "tampered"));
        DeploymentView view = await host.Client.WaitUntilLoadedAsync("tampered");
        view.State.ShouldBe("failed");
        view.Reason!.ShouldContain("has changed since it was registered");
        await host.Client.DeleteDeploymentAsync("tampered");
    }

    [Fact]
    public async Task A_deployed_version_cannot_be_deleted()
    {
        string name = await host.DeployAsync();
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.DeleteVersionAsync(name, 1))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.DeleteModelAsync(name))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        await host.Client.DeleteDeploymentAsync(name);
        await host.Client.DeleteModelAsync(name);
    }

    [Fact]
    public async Task What_there_is_not_is_404_and_what_there_is_already_409()
    {
        string name = await host.SharedAsync();
        foreach (string path in new[] { "/v1/deployments/none", "/v1/registry/models/none", "/v1/registry/models/none/versions/1", $"/v1/registry/models/{name}/versions/9", "/v1/none" })
            (await host.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(404);
        (await host.SendAsync(HttpMethod.Put, "/v1/deployments")).Status.ShouldBe(405);
        (await host.SendAsync(HttpMethod.Delete, "/v1/deployments/none")).Status.ShouldBe(404);
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.DeployAsync(new CreateDeployment(name, name)))).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.DeployAsync(new CreateDeployment("x", "none")))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"replicas": 0}""", "replicas")]
    [InlineData("""{"max_batch": -1}""", "MaxBatch")]
    [InlineData("""{"queue_size": 0}""", "QueueSize")]
    [InlineData("""{"max_delay_ms": 99999}""", "MaxDelay")]
    [InlineData("""{"timeout_ms": 0}""", "Timeout")]
    [InlineData("""{"timeout_ms": "soon"}""", "timeout_ms")]
    [InlineData("""{"colour": "red"}""", "colour")]
    public async Task Settings_out_of_range_are_refused(string json, string part)
    {
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Patch, $"/v1/deployments/{await host.SharedAsync()}", json);
        status.ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldContain(part);
    }

    [Fact]
    public async Task A_full_queue_answers_503_with_a_time_to_come_back()
    {
        host.Predictors.Pause = TimeSpan.FromMilliseconds(200);
        string name = await host.DeployAsync(like: new CreateDeployment("", "", MaxBatch: 1, QueueSize: 1));
        host.Predictors.Pause = TimeSpan.Zero;
        HttpResponseMessage[] answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ =>
            host.Http.PostAsync($"/v1/deployments/{name}/predict", Json("""{"rows": [{"a": 1}]}"""))));
        answers.ShouldContain(a => a.StatusCode == HttpStatusCode.OK);
        HttpResponseMessage refused = answers.First(a => a.StatusCode != HttpStatusCode.OK);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBeGreaterThanOrEqualTo(1);
        (await host.Client.GetDeploymentAsync(name)).Statistics!.Rejected.ShouldBe(answers.Count(a => a.StatusCode != HttpStatusCode.OK));
    }

    [Fact]
    public async Task A_slow_model_runs_out_of_time()
    {
        host.Predictors.Pause = TimeSpan.FromMilliseconds(400);
        string name = await host.DeployAsync(like: new CreateDeployment("", "", TimeoutMs: 30));
        host.Predictors.Pause = TimeSpan.Zero;
        ServerRefusalException e = await Should.ThrowAsync<ServerRefusalException>(() => host.Client.PredictAsync(name, [new JsonObject { ["a"] = 1 }]));
        (e.StatusCode, e.Message.Contains("0.03 s")).ShouldBe((HttpStatusCode.ServiceUnavailable, true));
    }

    [Fact]
    public async Task Sixty_four_clients_share_batches_and_get_the_answers_they_get_alone()
    {
        // A run takes long enough for the others to ask meanwhile, and the wait is one that clients on a busy machine keep.
        host.Predictors.Pause = TimeSpan.FromMilliseconds(20);
        string name = await host.DeployAsync("3", new CreateDeployment("", "", MaxDelayMs: 200));
        host.Predictors.Pause = TimeSpan.Zero;
        using HttpClient http = host.NewHttp(host.AdminKey);
        var alone = new Dictionary<int, string>();
        for (int i = 0; i < 64; i++)
            alone[i] = await Ask(i);
        StatisticsView before = (await host.Client.GetDeploymentAsync(name)).Statistics!;
        before.MeanBatch.ShouldBe(1);
        await Task.WhenAll(Enumerable.Range(0, 64).Select(client => Task.Run(async () =>
        {
            for (int i = 0; i < 15; i++)
                (await Ask(client)).ShouldBe(alone[client]);
        })));
        StatisticsView after = (await host.Client.GetDeploymentAsync(name)).Statistics!;
        (after.Requests - before.Requests).ShouldBe(64 * 15);
        ((double)(after.Rows - before.Rows) / (after.Executions - before.Executions)).ShouldBeGreaterThanOrEqualTo(8);
        after.P50Ms!.Value.ShouldBeLessThanOrEqualTo(after.P99Ms!.Value);
        after.Quality!.Value.ShouldBeGreaterThan(0);

        async Task<string> Ask(int i)
        {
            using HttpResponseMessage response = await http.PostAsync($"/v1/deployments/{name}/predict", Json($$"""{"rows": [{"a": {{i}}, "b": 7}]}"""));
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            return await response.Content.ReadAsStringAsync();
        }
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");
}
