using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sarsen.Server.Tests.Features.Metrics;

public class MetricsTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task What_was_done_is_counted()
    {
        string name = await host.DeployAsync();
        for (int i = 0; i < 5; i++)
            await host.Client.PredictAsync(name, [new JsonObject { ["a"] = 1 }, new JsonObject { ["a"] = 2 }]);
        string text = await ScrapeAsync();
        string labels = $"deployment=\"{name}\",model=\"{name}\",version=\"1\"";
        Value(text, $"sarsen_deployment_requests_total{{{labels},outcome=\"answered\"}}").ShouldBe(5);
        Value(text, $"sarsen_deployment_rows_total{{{labels}}}").ShouldBe(10);
        Value(text, $"sarsen_deployment_executions_total{{{labels}}}").ShouldBe(5);
        Value(text, $"sarsen_deployment_batch_rows_mean{{{labels}}}").ShouldBe(2);
        Value(text, $"sarsen_deployment_request_duration_seconds_bucket{{{labels},le=\"+Inf\"}}").ShouldBe(5);
        double mean = Value(text, $"sarsen_deployment_latency_seconds_sum{{{labels}}}") / 5;
        Value(text, $"sarsen_deployment_service_quality{{{labels}}}").ShouldBe(1 / mean, 1 / mean * 1e-9);
        Value(text, "sarsen_http_requests_total{method=\"POST\",code=\"200\"}").ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task Buckets_never_fall()
    {
        string name = await host.DeployAsync();
        await host.Client.PredictAsync(name, [new JsonObject { ["a"] = 1 }]);
        double[] counts = [.. Regex.Matches(await ScrapeAsync(), $"_bucket{{deployment=\"{name}\".*}} (\\d+)").Select(m => double.Parse(m.Groups[1].Value))];
        counts.Length.ShouldBe(18);
        counts.ShouldBe(counts.Order());
    }

    [PromtoolFact]
    public async Task Promtool_finds_nothing_to_say()
    {
        string name = await host.DeployAsync();
        await host.Client.PredictAsync(name, [new JsonObject { ["a"] = 1 }]);
        using Process promtool = Process.Start(new ProcessStartInfo("promtool", ["check", "metrics"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        await promtool.StandardInput.WriteAsync(await ScrapeAsync());
        promtool.StandardInput.Close();
        string said = await promtool.StandardOutput.ReadToEndAsync() + await promtool.StandardError.ReadToEndAsync();
        await promtool.WaitForExitAsync();
        (promtool.ExitCode, said).ShouldBe((0, ""));
    }

    [Fact]
    public async Task The_openapi_document_describes_our_own_rest()
    {
        (int status, JsonElement document) = await host.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        status.ShouldBe(200);
        document.GetProperty("openapi").GetString()!.ShouldStartWith("3.");
        string[] paths = [.. document.GetProperty("paths").EnumerateObject().Select(p => p.Name)];
        foreach (string path in new[] { "/v1/registry/models", "/v1/registry/models/{name}/versions", "/v1/deployments", "/v1/deployments/{name}/predict", "/v1/keys", "/v2/models/{name}/infer", "/v2/health/ready", "/metrics" })
            paths.ShouldContain(path);
        document.GetProperty("components").GetProperty("schemas").GetProperty("CreateDeployment").GetProperty("properties").TryGetProperty("max_delay_ms", out _).ShouldBeTrue();
    }

    private async Task<string> ScrapeAsync()
    {
        using HttpResponseMessage response = await host.Http.GetAsync("/metrics");
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        return await response.Content.ReadAsStringAsync();
    }

    private static double Value(string text, string sample) =>
        double.Parse(text.Split('\n').Single(l => l.StartsWith(sample + " ", StringComparison.Ordinal))[(sample.Length + 1)..]);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class PromtoolFactAttribute : FactAttribute
{
    public PromtoolFactAttribute()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "promtool"))))
            Skip = "needs promtool: apt-get install prometheus";
    }
}
