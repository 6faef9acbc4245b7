using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class DeployTests(TrainedModels models)
{
    [Fact]
    public void What_is_stored_in_a_folder_is_served_by_the_server_that_starts_on_it()
    {
        const string Data = "deploy-data";
        SarsenProcess.Ended Here(params IEnumerable<string> arguments) => models.Run([.. arguments, "--data-folder", Data]);
        Here("deploy").ShouldSucceed().Output.ShouldContain("nothing is deployed");
        Here("deploy", "fruit").ShouldFail(ExitCode.BadInput, "there is no model 'fruit'");
        Here("models", "register", "fruit", "runs/fruit").ShouldSucceed();
        Here("deploy", "fruit", "--replicas", "0").ShouldFail(ExitCode.BadInput, "replicas is 0");
        Here("deploy", "fruit@7").ShouldFail(ExitCode.BadInput, "no alias '7'");
        Here("deploy", "fruit", "--replicas", "2").ShouldSucceed().Output.ShouldContain("stored; sarsen serve serves it");
        Here("models", "delete", "fruit").ShouldFail(ExitCode.BadInput, "sarsen deploy --delete fruit");

        using ServingProcess server = ServingProcess.Start(models.Folder, Data, fresh: true);
        SarsenProcess.Ended There(params IEnumerable<string> arguments) => models.Run([.. arguments, .. server.Options]);
        // While a server holds the folder, commands talk to the server.
        Here("deploy").ShouldFail(ExitCode.Failed, "--server");
        JsonElement deployed = JsonDocument.Parse(There("deploy", "--json").ShouldSucceed().Output).RootElement[0];
        deployed.GetProperty("replicas").GetInt32().ShouldBe(2);
        There("models", "register", "fruit", "runs/fruit").ShouldSucceed();
        There("deploy", "fruit", "--json").ShouldSucceed().Output.ShouldContain("\"version\":2");
        There("deploy", "fruit", "--name", "second").ShouldSucceed().Output.ShouldContain("ready");
        There("deploy", "--delete", "second").ShouldSucceed().Output.ShouldNotContain("second");
        There("deploy", "--delete", "second").ShouldFail(ExitCode.Failed, "there is no deployment 'second'");
    }
}
