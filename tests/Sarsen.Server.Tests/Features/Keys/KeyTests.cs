using System.Net;
using System.Text.Json;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Keys;

namespace Sarsen.Server.Tests.Features.Keys;

public class KeyTests(TestHost host) : IClassFixture<TestHost>
{
    [Theory]
    [InlineData("/v2/health/live", 200)]
    [InlineData("/v2/health/ready", 200)]
    [InlineData("/v2", 401)]
    [InlineData("/v2/models/x/infer", 401)]
    [InlineData("/v1/registry/models", 401)]
    [InlineData("/metrics", 401)]
    [InlineData("/openapi/v1.json", 401)]
    [InlineData("/nothing", 401)]
    public async Task Everything_but_health_needs_a_key(string path, int status)
    {
        using HttpClient http = host.NewHttp(null);
        using HttpResponseMessage response = await http.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        if (status != 401)
            return;
        response.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        using JsonDocument body = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        // Each protocol has its own error object.
        string message = body.RootElement.GetProperty(path.StartsWith("/v2", StringComparison.Ordinal) ? "error" : "detail").GetString()!;
        message.ShouldContain("Authorization: Bearer");
    }

    [Theory]
    [InlineData("sarsen_")]
    [InlineData("sarsen_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("x")]
    public async Task Unknown_keys_are_refused(string key)
    {
        using HttpClient http = host.NewHttp(key);
        (await http.GetAsync("/v1/registry/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_key_that_differs_in_its_last_character_is_refused()
    {
        using HttpClient http = host.NewHttp(host.AdminKey[..^1] + (host.AdminKey[^1] == 'A' ? 'B' : 'A'));
        (await http.GetAsync("/v1/registry/models")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_users_key_reads_and_predicts_and_changes_nothing()
    {
        string name = await host.DeployAsync();
        KeyView key = await host.Client.CreateKeyAsync(new CreateKey("app"));
        key.Role.ShouldBe(KeyRole.User);
        key.Key!.ShouldStartWith(key.Prefix);
        using var user = new SarsenClient(host.Server.Url, key.Key);
        (await user.GetDeploymentAsync(name)).Name.ShouldBe(name);
        (await user.PredictAsync(name, [new System.Text.Json.Nodes.JsonObject { ["a"] = 1 }])).Predictions.Count.ShouldBe(1);
        ServerRefusalException e = await Should.ThrowAsync<ServerRefusalException>(() => user.DeleteDeploymentAsync(name));
        e.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        e.Message.ShouldContain("admin key");
        (await Should.ThrowAsync<ServerRefusalException>(() => user.ListKeysAsync())).StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_revoked_key_ends_at_once_and_stays_in_the_list()
    {
        KeyView key = await host.Client.CreateKeyAsync(new CreateKey("soon gone", KeyRole.Admin));
        using var other = new SarsenClient(host.Server.Url, key.Key);
        await other.ListModelsAsync();
        await host.Client.RevokeKeyAsync(key.Id);
        (await Should.ThrowAsync<ServerRefusalException>(() => other.ListModelsAsync())).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        KeyView listed = (await host.Client.ListKeysAsync()).Single(k => k.Id == key.Id);
        listed.RevokedAt.ShouldNotBeNull();
        listed.LastUsedAt.ShouldNotBeNull();
        listed.Key.ShouldBeNull();
    }

    [Fact]
    public async Task Only_hashes_are_stored()
    {
        KeyView key = await host.Client.CreateKeyAsync(new CreateKey("secret"));
        string secret = key.Key![key.Prefix.Length..];
        foreach (string file in Directory.EnumerateFiles(host.DataFolder, "sarsen.db*"))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(stream, System.Text.Encoding.Latin1);
            (await reader.ReadToEndAsync()).ShouldNotContain(secret);
        }
    }

    [Theory]
    [InlineData("""{"name": ""}""", "name")]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name": null}""", "name")]
    [InlineData("""{"name": "x", "role": "king"}""", "role")]
    [InlineData("""{"name": "x", "color": 1}""", "color")]
    [InlineData("""{"name": """, "")]
    [InlineData("""[]""", "")]
    public async Task Wrong_requests_are_problems(string json, string part)
    {
        (int status, JsonElement body) = await host.SendAsync(HttpMethod.Post, "/v1/keys", json);
        status.ShouldBe(400);
        body.GetProperty("status").GetInt32().ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldContain(part, Case.Insensitive);
    }
}
