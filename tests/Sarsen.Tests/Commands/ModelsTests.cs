using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class ModelsTests(TrainedModels models)
{
    [Fact]
    public void Versions_are_registered_named_shown_and_deleted()
    {
        Run("list").ShouldSucceed().Output.ShouldContain("no model is registered");
        Run("register", "fruit", "runs/fruit").ShouldSucceed().Output.ShouldBe("fruit version 1 is registered\n");
        Run("register", "fruit", "runs/fruit/model").ShouldSucceed().Output.ShouldBe("fruit version 2 is registered\n");
        Run("alias", "fruit", "production", "1").ShouldSucceed().Output.ShouldBe("production is fruit version 1\n");
        Run("list").ShouldSucceed().Output.ShouldContain("production = 1");
        Run("show", "fruit").ShouldSucceed().Output.ShouldContain("test_accuracy");
        JsonElement shown = JsonDocument.Parse(Run("show", "fruit", "--json").ShouldSucceed().Output).RootElement;
        shown.GetProperty("versions").GetArrayLength().ShouldBe(2);
        shown.GetProperty("latest_version").GetInt32().ShouldBe(2);

        Run("delete", "fruit", "--version", "2").ShouldSucceed();
        JsonDocument.Parse(Run("list", "--json").ShouldSucceed().Output).RootElement[0].GetProperty("latest_version").GetInt32().ShouldBe(1);
        Run("delete", "fruit").ShouldSucceed();
        Run("show", "fruit").ShouldFail(ExitCode.BadInput, "there is no model 'fruit'");
    }

    [Theory]
    [InlineData("register x nowhere", "there is no model in 'nowhere'")]
    [InlineData("register x/y runs/fruit", "is no name for a model")]
    [InlineData("alias nope production 1", "there is no model 'nope'")]
    [InlineData("delete nope", "there is no model 'nope'")]
    public void Bad_input_ends_with_2_and_words(string line, string words) => Run(line.Split(' ')).ShouldFail(ExitCode.BadInput, words);

    private SarsenProcess.Ended Run(params IEnumerable<string> arguments) => models.Run(["models", .. arguments, "--data-folder", "models-data"]);
}
