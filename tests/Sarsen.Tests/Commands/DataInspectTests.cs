using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class DataInspectTests(TrainedModels models)
{
    [Fact]
    public void A_file_is_told_column_by_column()
    {
        string output = models.Run("data", "inspect", "fruit.csv").ShouldSucceed().Output;
        output.ShouldContain("120 rows, none left out");
        foreach (string column in new[] { "weight", "colour", "label" })
            output.ShouldContain(column);
        JsonDocument.Parse(models.Run("data", "inspect", "fruit.csv", "--json").ShouldSucceed().Output);
    }

    [Fact]
    public void A_spec_names_its_data() =>
        models.Run("data", "inspect", Repository.PathOf("samples", "digits-cnn.yaml")).ShouldSucceed().Output.ShouldContain("1797 rows, none left out");

    [Theory]
    [InlineData("fruits.csv", "did you mean 'fruit.csv'?")]
    [InlineData("photo.png", "none of .csv, .tsv and .jsonl")]
    [InlineData("broken.csv", "broken.csv:3")]
    public void Bad_input_ends_with_2_and_words(string file, string words)
    {
        File.WriteAllText(models.In("broken.csv"), "a,b\n1,2\n3\n");
        models.Run("data", "inspect", file).ShouldFail(ExitCode.BadInput, words);
    }
}
