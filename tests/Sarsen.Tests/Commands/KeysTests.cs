using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class KeysTests(TrainedModels models)
{
    [Fact]
    public void A_key_is_shown_once_works_and_ends_when_it_is_revoked()
    {
        using ServingProcess server = ServingProcess.Start(models.Folder, "keys-data", fresh: true);
        SarsenProcess.Ended Keys(params IEnumerable<string> arguments) => models.Run(["keys", .. arguments, .. server.Options]);
        JsonElement made = JsonDocument.Parse(Keys("create", "app", "--json").ShouldSucceed().Output).RootElement;
        string key = made.GetProperty("key").GetString()!, id = made.GetProperty("id").GetString()!;
        Keys("list").ShouldSucceed().Output.ShouldNotContain(key);

        string[] asUser = ["--server", server.Url.ToString(), "--key", key];
        models.Run(["models", "list", .. asUser]).ShouldSucceed();
        models.Run(["keys", "create", "another", .. asUser]).ShouldFail(ExitCode.Failed, "needs an admin key");
        Keys("revoke", id).ShouldSucceed().Output.ShouldBe("'app' is revoked\n");
        models.Run(["models", "list", .. asUser]).ShouldFail(ExitCode.Failed, "unknown or was revoked");
        Keys("list").ShouldSucceed().Output.ShouldContain("revoked");
        Keys("revoke", "key_nope").ShouldFail(ExitCode.Failed, "there is no key 'key_nope'");
    }

    [Theory]
    [InlineData("list --server localhost:8000 --key x", ExitCode.BadInput, "--server takes a URL")]
    [InlineData("list --server http://127.0.0.1:9", ExitCode.BadInput, "SARSEN_KEY")]
    [InlineData("list --server http://127.0.0.1:9 --key x", ExitCode.Failed, "cannot be reached")]
    public void A_server_that_cannot_be_asked_is_told(string line, int code, string words) =>
        models.Run(["keys", .. line.Split(' ')]).ShouldFail(code, words);
}
