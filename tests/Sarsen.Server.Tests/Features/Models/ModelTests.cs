using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sarsen.Server.Client;
using Sarsen.Server.Features.Models;

namespace Sarsen.Server.Tests.Features.Models;

public class ModelTests(TestHost host) : IClassFixture<TestHost>
{
    [Fact]
    public async Task Versions_are_counted_and_carry_their_lineage_and_checksums()
    {
        string folder = TestPredictors.Write(host.NewFolder(), "2", accuracy: 0.975);
        ModelVersionView first = await host.Client.UploadAsync("lineage", folder);
        (first.Version, first.RunId, first.Seed, first.DataChecksum, first.Spec).ShouldBe((1, "run-1", ulong.MaxValue.ToString(), new string('a', 64), "name: test\n"));
        first.Metrics["test_accuracy"].ShouldBe(0.975);
        first.Metrics["test_loss"].ShouldBe(double.NaN);
        first.TrainedAt.ToUnixTimeMilliseconds().ShouldBe(1_700_000_000_000);
        first.Files.Select(f => f.Path).ShouldBe(["model.json", "parts/notes.txt", "scale.txt", "spec.yaml"]);
        foreach (ModelFile file in first.Files)
        {
            byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file.Path));
            (file.Bytes, file.Sha256).ShouldBe((bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))));
            File.ReadAllBytes(Path.Combine(host.DataFolder, "models", "lineage", "1", file.Path)).ShouldBe(bytes);
        }
        (await host.Client.UploadAsync("lineage", folder)).Version.ShouldBe(2);
        ModelView model = await host.Client.GetModelAsync("lineage");
        model.LatestVersion.ShouldBe(2);
        model.Versions.Select(v => v.Version).ShouldBe([1, 2]);
        (await host.Client.ListModelsAsync()).ShouldContain(m => m.Name == "lineage");
    }

    [Fact]
    public async Task A_deleted_versions_number_is_not_given_again()
    {
        string folder = TestPredictors.Write(host.NewFolder());
        await host.Client.UploadAsync("numbers", folder);
        await host.Client.UploadAsync("numbers", folder);
        await host.Client.DeleteVersionAsync("numbers", 2);
        Directory.Exists(Path.Combine(host.DataFolder, "models", "numbers", "2")).ShouldBeFalse();
        (await host.Client.UploadAsync("numbers", folder)).Version.ShouldBe(3);
        (await host.Client.GetVersionAsync("numbers", "latest")).Version.ShouldBe(3);
        await host.Client.DeleteModelAsync("numbers");
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.GetModelAsync("numbers"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        Directory.Exists(Path.Combine(host.DataFolder, "models", "numbers")).ShouldBeFalse();
    }

    [Fact]
    public async Task Aliases_move()
    {
        string folder = TestPredictors.Write(host.NewFolder());
        await host.Client.UploadAsync("aliased", folder);
        await host.Client.UploadAsync("aliased", folder);
        (await host.Client.SetAliasAsync("aliased", "champion", "1")).Version.ShouldBe(1);
        (await host.Client.SetAliasAsync("aliased", "champion", "latest")).Version.ShouldBe(2);
        (await host.Client.GetVersionAsync("aliased", "champion")).Version.ShouldBe(2);
        (await host.Client.GetModelAsync("aliased")).Aliases.ShouldBe(new Dictionary<string, int> { ["champion"] = 2 });
        await host.Client.DeleteAliasAsync("aliased", "champion");
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.GetVersionAsync("aliased", "champion"))).Message.ShouldContain("'champion'");
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.SetAliasAsync("aliased", "7", "1"))).Message.ShouldContain("already means a version");
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.SetAliasAsync("aliased", "x", "9"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_compressed_archive_is_taken_as_well()
    {
        using var bytes = new MemoryStream();
        using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true))
            await TarFile.CreateFromDirectoryAsync(TestPredictors.Write(host.NewFolder()), gzip, includeBaseDirectory: false);
        (int status, JsonElement body) = await PostAsync("zipped", bytes.ToArray(), "application/gzip");
        status.ShouldBe(201);
        body.GetProperty("files").GetArrayLength().ShouldBe(4);
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("/etc/evil")]
    [InlineData("a/../../evil")]
    [InlineData("a\\evil")]
    [InlineData("C:evil")]
    public async Task Names_that_lead_out_of_the_folder_are_refused(string name)
    {
        (int status, JsonElement body) = await PostAsync("evil", Tar(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream([1]) }));
        status.ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldContain("names are relative");
        Directory.EnumerateFiles(Path.GetDirectoryName(host.DataFolder)!, "evil", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task Links_and_doubles_are_refused()
    {
        (int status, JsonElement body) = await PostAsync("evil", Tar(new PaxTarEntry(TarEntryType.SymbolicLink, "x") { LinkName = "/etc/passwd" }));
        (status, body.GetProperty("detail").GetString()!.Contains("SymbolicLink")).ShouldBe((400, true));
        PaxTarEntry file() => new(TarEntryType.RegularFile, "x") { DataStream = new MemoryStream([1]) };
        (status, body) = await PostAsync("evil", Tar(file(), file()));
        (status, body.GetProperty("detail").GetString()!.Contains("twice")).ShouldBe((400, true));
    }

    [Fact]
    public async Task What_is_no_model_is_refused_and_leaves_nothing()
    {
        (await PostAsync("nothing", Encoding.UTF8.GetBytes("no tar at all, but longer than nothing"))).Status.ShouldBe(400);
        (await PostAsync("nothing", [])).Status.ShouldBe(400);
        (int status, JsonElement body) = await PostAsync("nothing", Tar(new PaxTarEntry(TarEntryType.RegularFile, "a.txt") { DataStream = new MemoryStream([1]) }));
        status.ShouldBe(400);
        body.GetProperty("detail").GetString()!.ShouldContain("model.json");
        byte[] whole = Tar([.. Directory.EnumerateFiles(TestPredictors.Write(host.NewFolder())).Select(f => new PaxTarEntry(TarEntryType.RegularFile, Path.GetFileName(f)) { DataStream = new MemoryStream(File.ReadAllBytes(f)) })]);
        (await PostAsync("nothing", whole[..700])).Status.ShouldBe(400);
        (await PostAsync("nothing", whole, "text/csv")).Status.ShouldBe(415);
        (await PostAsync("no%20name", whole)).Status.ShouldBe(400);
        Directory.EnumerateFileSystemEntries(Path.Combine(host.DataFolder, "incoming")).ShouldBeEmpty();
        (await Should.ThrowAsync<ServerRefusalException>(() => host.Client.GetModelAsync("nothing"))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Uploads_at_the_same_time_get_different_numbers()
    {
        string folder = TestPredictors.Write(host.NewFolder());
        ModelVersionView[] views = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => host.Client.UploadAsync("together", folder)));
        views.Select(v => v.Version).Order().ShouldBe(Enumerable.Range(1, 8));
    }

    private static byte[] Tar(params TarEntry[] entries)
    {
        using var bytes = new MemoryStream();
        using (var tar = new TarWriter(bytes, leaveOpen: true))
        {
            foreach (TarEntry entry in entries)
                tar.WriteEntry(entry);
        }
        return bytes.ToArray();
    }

    private async Task<(int Status, JsonElement Body)> PostAsync(string name, byte[] body, string type = "application/x-tar")
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpResponseMessage response = await host.Http.PostAsync($"/v1/registry/models/{name}/versions", content);
        return ((int)response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
