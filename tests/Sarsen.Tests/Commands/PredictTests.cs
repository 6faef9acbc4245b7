using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class PredictTests(TrainedModels models, ServedDigits served) : IClassFixture<ServedDigits>
{
    private const string Apple = """{"weight": 161.5, "colour": "red"}""", Banana = """{"weight": 108, "colour": "yellow"}""";

    [Fact]
    public void A_row_gives_a_line()
    {
        JsonElement prediction = JsonDocument.Parse(models.Run("predict", "runs/fruit", "--row", Apple).ShouldSucceed().Output).RootElement;
        prediction.GetProperty("class").GetString().ShouldBe("apple");
        prediction.GetProperty("probabilities").EnumerateObject().Sum(p => p.Value.GetDouble()).ShouldBe(1, 1e-6);
    }

    [Fact]
    public void A_file_gives_the_lines_of_its_rows_with_or_without_the_label()
    {
        File.WriteAllText(models.In("labelled.csv"), "weight,colour,label\n161.5,red,apple\n108,yellow,banana\n");
        File.WriteAllText(models.In("plain.csv"), "colour,weight\nred,161.5\nyellow,108\n");
        File.WriteAllText(models.In("plain.jsonl"), $"{Apple}\n{Banana}\n");
        string expected = models.Run("predict", "runs/fruit", "--row", $"[{Apple}, {Banana}]").ShouldSucceed().Output;
        expected.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(2);
        foreach (string file in new[] { "labelled.csv", "plain.csv", "plain.jsonl" })
            models.Run("predict", "runs/fruit", "--data", file).ShouldSucceed().Output.ShouldBe(expected, file);
    }

    [Fact]
    public void A_server_gives_the_same_digits()
    {
        string rows = $"[{Apple}, {Banana}]";
        models.Run(["predict", "fruit", "--row", rows, .. served.Options]).ShouldSucceed().Output
            .ShouldBe(models.Run("predict", "runs/fruit", "--row", rows).ShouldSucceed().Output);
    }

    [Theory]
    [InlineData("""{"weight": 1}""", "'colour' of row 0 is missing")]
    [InlineData("""{"weight": "heavy", "colour": "red"}""", "found the text 'heavy'")]
    [InlineData("""{"weight": 1, "colour": "rde"}""", "did you mean 'red'?")]
    [InlineData("""{"weight": 1, "color": "red"}""", "did you mean 'colour'?")]
    [InlineData("""{"weight": 1, "size": 3, "colour": "red"}""", "is no field of this model. Its fields are")]
    [InlineData("""[]""", "")]
    public void A_wrong_row_is_answered_alike_here_and_by_a_server(string row, string words)
    {
        string here = models.Run("predict", "runs/fruit", "--row", row).ShouldFail(ExitCode.BadInput, words).Errors;
        if (row != "[]")
            models.Run(["predict", "fruit", "--row", row, .. served.Options]).ShouldFail(ExitCode.Failed, words).Errors.ShouldBe(here);
    }

    [Theory]
    [InlineData("runs/fruit --row {", "--row is no JSON")]
    [InlineData("runs/fruit --row 3", "--row takes a JSON object")]
    [InlineData("runs/fruit --data nope.csv", "there is no such file")]
    [InlineData("runs/fruit", "from --data or --row")]
    [InlineData("nowhere --row {}", "there is no model in 'nowhere'")]
    public void Bad_input_ends_with_2_and_words(string line, string words) =>
        models.Run(["predict", .. line.Split(' ')]).ShouldFail(ExitCode.BadInput, words);
}
