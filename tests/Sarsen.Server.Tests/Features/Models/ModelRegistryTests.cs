using Sarsen.Server.Errors;
using Sarsen.Server.Features.Deployments;
using Sarsen.Server.Features.Models;
using Sarsen.Server.Storage;
using Sarsen.Serving;

namespace Sarsen.Server.Tests.Features.Models;

/// <summary>The registry as the command line uses it, without a server.</summary>
public sealed class ModelRegistryTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("sarsen-registry-").FullName;

    [Fact]
    public async Task A_registration_that_was_killed_leaves_nothing_behind_wherever_it_was()
    {
        string model = TestPredictors.Write(Path.Combine(_root, "model"));
        using (DataFolder folder = DataFolder.Open(Data))
            (await new ModelRegistry(folder, TimeProvider.System).ImportAsync("m", model)).Version.ShouldBe(1);
        // While files were written; after the folder got its name and before the row; for a model that has no row at all;
        // while a deleted one was removed.
        TestPredictors.Write(Path.Combine(Data, "incoming", "half"));
        TestPredictors.Write(Path.Combine(Data, "models", "m", "2"), "3");
        TestPredictors.Write(Path.Combine(Data, "models", "other", "1"));
        TestPredictors.Write(Path.Combine(Data, "trash", "gone"));
        using DataFolder again = DataFolder.Open(Data);
        var registry = new ModelRegistry(again, TimeProvider.System);
        Directory.EnumerateFileSystemEntries(Data).Select(Path.GetFileName).ShouldContain("models");
        Directory.EnumerateFileSystemEntries(Path.Combine(Data, "incoming")).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(Path.Combine(Data, "trash")).ShouldBeEmpty();
        Directory.EnumerateDirectories(Path.Combine(Data, "models")).Select(Path.GetFileName).ShouldBe(["m"]);
        Directory.EnumerateDirectories(Path.Combine(Data, "models", "m")).Select(Path.GetFileName).ShouldBe(["1"]);
        ModelVersion next = await registry.ImportAsync("m", model);
        next.Version.ShouldBe(2);
        registry.Verify(next).ShouldBe(Path.Combine(Data, "models", "m", "2"));
    }

    [Theory]
    [InlineData("scale.txt", "changed")]
    [InlineData("parts/notes.txt", null)]
    [InlineData("new.txt", "new")]
    public async Task Files_that_changed_are_noticed(string file, string? content)
    {
        using DataFolder folder = DataFolder.Open(Data);
        var registry = new ModelRegistry(folder, TimeProvider.System);
        ModelVersion version = await registry.ImportAsync("m", TestPredictors.Write(Path.Combine(_root, "model")));
        string path = Path.Combine(registry.Verify(version), file);
        if (content is null)
            File.Delete(path);
        else
            File.WriteAllText(path, content);
        ModelLoadException e = Should.Throw<ModelLoadException>(() => registry.Verify(version));
        e.Message.ShouldContain(file == "new.txt" ? "5 files" : file);
    }

    [Fact]
    public async Task What_is_to_be_deployed_cannot_be_deleted()
    {
        using DataFolder folder = DataFolder.Open(Data);
        var registry = new ModelRegistry(folder, TimeProvider.System);
        var deployments = new DeploymentStore(folder, TimeProvider.System);
        await registry.ImportAsync("m", TestPredictors.Write(Path.Combine(_root, "model")));
        await registry.ImportAsync("m", Path.Combine(_root, "model"));
        await deployments.CreateAsync(new CreateDeployment("d", "m", "1"));
        (await Should.ThrowAsync<RequestException>(() => registry.DeleteVersionAsync("m", 1))).Status.ShouldBe(409);
        (await Should.ThrowAsync<RequestException>(() => registry.DeleteAsync("m"))).Message.ShouldContain("'d'");
        await registry.DeleteVersionAsync("m", 2);
        await deployments.DeleteAsync("d");
        await registry.DeleteAsync("m");
        (await registry.ListAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_model_larger_than_allowed_is_refused()
    {
        using DataFolder folder = DataFolder.Open(Data);
        var registry = new ModelRegistry(folder, TimeProvider.System, maxBytes: 100);
        (await Should.ThrowAsync<RequestException>(() => registry.ImportAsync("m", TestPredictors.Write(Path.Combine(_root, "model"))))).Status.ShouldBe(413);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private string Data => Path.Combine(_root, "data");
}
