using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class EvaluateTests(TrainedModels models)
{
    [Theory]
    [InlineData("test", "")]
    [InlineData("validation", "--part validation")]
    public void The_models_own_part_gives_what_training_reported(string part, string options)
    {
        JsonElement report = Report(["runs/digits-cnn", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        JsonElement trained = JsonDocument.Parse(File.ReadAllText(models.In("runs", "digits-cnn", "model", "model.json"))).RootElement.GetProperty("metrics");
        foreach (JsonElement metric in report.GetProperty("metrics").EnumerateArray())
            metric.GetProperty("value").GetDouble().ShouldBe(trained.GetProperty($"{part}_{metric.GetProperty("name").GetString()}").GetDouble());
    }

    [Fact]
    public void A_file_is_read_as_the_models_own_data_was()
    {
        JsonElement report = Report(["runs/fruit", "--data", "fruit.csv"]);
        report.GetProperty("samples").GetInt32().ShouldBe(120);
        report.GetProperty("metrics")[0].GetProperty("value").GetDouble().ShouldBeGreaterThan(0.8);
    }

    [Fact]
    public void A_person_is_shown_tables() =>
        models.Run("evaluate", "runs/fruit").ShouldSucceed().Output.ShouldContain("true \\ predicted");

    [Theory]
    [InlineData("nowhere", "there is no model in 'nowhere'")]
    [InlineData("runs/fruit --data nope.csv", "there is no such file")]
    [InlineData("runs/fruit --data fruit.csv --part test", "give one of them")]
    [InlineData("runs/digits-cnn --data fruit.csv", "column_65")]
    [InlineData("runs/fruit --data fruit.yaml", "none of .csv, .tsv and .jsonl")]
    public void Bad_input_ends_with_2_and_words(string line, string words) =>
        models.Run(["evaluate", .. line.Split(' ')]).ShouldFail(ExitCode.BadInput, words);

    private JsonElement Report(params IEnumerable<string> arguments) =>
        JsonDocument.Parse(models.Run(["evaluate", .. arguments, "--json"]).ShouldSucceed().Output).RootElement;
}
