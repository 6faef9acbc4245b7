using System.Text.Json;
using Sarsen.Testing;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class OptimizeTests(TrainedModels models)
{
    [Fact]
    public void A_cnn_becomes_bytes_is_registered_predicts_and_is_measured_again()
    {
        SarsenProcess.Ended ended = models.Run("optimize", "runs/digits-cnn", "--to", "int8", "--calibrate", "training", "--max-loss", "2%",
            "--out", "digits-int8", "--register", "digits-int8", "--data-folder", "optimize-data", "--json").ShouldSucceed();

        JsonElement report = JsonDocument.Parse(ended.Output).RootElement;
        report.GetProperty("model").GetString().ShouldBe("digits-int8");
        report.GetProperty("products").GetInt32().ShouldBe(3);
        report.GetProperty("calibrated").GetBoolean().ShouldBeTrue();
        Row(report, "size").After.ShouldBeLessThan(0.3 * Row(report, "size").Before);
        Row(report, "memory").After.ShouldBeLessThan(Row(report, "memory").Before);
        ended.Errors.ShouldBe("digits-int8 version 1 is registered\n");

        JsonElement again = JsonDocument.Parse(models.Run("evaluate", "digits-int8", "--json").ShouldSucceed().Output).RootElement;
        again.GetProperty("metrics")[0].GetProperty("value").GetDouble().ShouldBe(Row(report, "accuracy").After);
        models.Run("models", "show", "digits-int8", "--data-folder", "optimize-data").ShouldSucceed().Output.ShouldContain("test_accuracy");
        string row = JsonSerializer.Serialize(Enumerable.Range(1, 64).ToDictionary(i => $"column_{i}", i => i % 17));
        models.Run("predict", "digits-int8", "--row", row).ShouldSucceed().Output.ShouldContain("\"probabilities\"");
    }

    [Fact]
    public void An_mlp_that_loses_more_than_it_may_is_not_kept_and_otherwise_is()
    {
        File.WriteAllText(models.In("digits-mlp.yaml"), $$$"""
            name: digits-mlp
            seed: 5
            data:
              source: {csv: {path: {{{Repository.PathOf("samples", "digits", "digits.csv.gz")}}}, header: false}}
              target: column_65
              split: {train: 0.6, validation: 0.2, test: 0.2, stratify: true}
            preprocess:
              - min_max_scale
            model:
              preset: {mlp: [64, 48]}
            train:
              loss: cross_entropy
              optimizer: {adam: {lr: 0.003}}
              batch_size: 32
              epochs: 3
            metrics: [accuracy, log_loss]
            """);
        models.Run("train", "digits-mlp.yaml").ShouldSucceed();

        SarsenProcess.Ended refused = models.Run("optimize", "runs/digits-mlp", "--to", "int8", "--max-loss", "0", "--metric", "log_loss").ShouldFail(ExitCode.Failed, "log_loss gets worse by");
        refused.Output.ShouldContain("latency, 32 at once");
        Directory.Exists(models.In("runs", "digits-mlp-int8")).ShouldBeFalse();

        models.Run("optimize", "runs/digits-mlp", "--to", "f16", "--max-loss", "5%").ShouldSucceed().Output.ShouldContain("the new model is runs/digits-mlp-f16");
        models.Run("optimize", "runs/digits-mlp-f16", "--to", "int8").ShouldFail(ExitCode.Failed, "are f16 already");
    }

    [Theory]
    [InlineData("~/nowhere --to f16", ExitCode.BadInput, "there is no model in")]
    [InlineData("~/runs/fruit --to int8", ExitCode.Failed, "no weight of this model is large enough for int8")]
    [InlineData("~/runs/fruit --to f16 --calibrate training", ExitCode.BadInput, "--calibrate is for int8")]
    [InlineData("~/runs/fruit --to f16 --max-loss little", ExitCode.BadInput, "--max-loss takes a part such as 0.5%")]
    [InlineData("~/runs/fruit --to f16 --out ~/runs", ExitCode.Failed, "there is something at")]
    [InlineData("~/runs/fruit --to f16 --metric rmse", ExitCode.Failed, "measured are accuracy, log_loss")]
    public Task What_cannot_be_is_refused_in_words(string line, int code, string words) => models.RefuseAsync($"optimize {line}", code, words);

    private static (double Before, double After) Row(JsonElement report, string name)
    {
        JsonElement row = report.GetProperty("rows").EnumerateArray().Single(r => r.GetProperty("name").GetString() == name);
        return (row.GetProperty("before").GetDouble(), row.GetProperty("after").GetDouble());
    }
}
