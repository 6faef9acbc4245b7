using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;

namespace Sarsen.Tests.Commands;

[Collection(TrainedModels.Collection)]
public class TrainTests(TrainedModels models)
{
    [Fact]
    public void Json_is_the_event_log_and_nothing_else()
    {
        string[] lines = models.DigitsTraining.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldBe(File.ReadAllLines(models.In("runs", "digits-cnn", "events.jsonl")));
        JsonElement[] events = [.. lines.Select(l => JsonDocument.Parse(l).RootElement)];
        events.Select(e => e.GetProperty("seq").GetInt64()).ShouldBe(Enumerable.Range(1, lines.Length).Select(i => (long)i));
        string[] kinds = [.. events.Select(e => e.GetProperty("kind").GetString()!)];
        kinds[..3].ShouldBe(["started", "data", "model"]);
        kinds[^1].ShouldBe("finished");
        kinds.Count(k => k == "epoch").ShouldBe(30);
        models.DigitsTraining.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void A_pipe_is_given_plain_lines()
    {
        string output = models.Run("train", "fruit.yaml", "--run", "plain").ShouldSucceed().Output;
        output.ShouldNotContain('\x1b');
        output.ShouldContain("epoch   5  loss ");
        output.ShouldContain("the model is in plain/model");
    }

    [Fact]
    public void A_setting_goes_before_the_file() =>
        models.Run("train", "fruit.yaml", "--run", "set", "--set", "train.epochs=2", "--set", "train.optimizer={sgd: {lr: 0.1}}", "--json")
            .ShouldSucceed().Output.Split('\n').Count(l => l.Contains("\"kind\":\"epoch\"", StringComparison.Ordinal)).ShouldBe(2);

    [Fact]
    public void A_run_that_is_there_is_not_overwritten_unasked()
    {
        models.Run("train", "fruit.yaml", "--run", "twice", "--set", "train.epochs=1").ShouldSucceed();
        models.Run("train", "fruit.yaml", "--run", "twice").ShouldFail(ExitCode.Failed, "there is a run in");
        models.Run("train", "fruit.yaml", "--run", "twice", "--overwrite", "--set", "train.epochs=1").ShouldSucceed();
        Directory.CreateDirectory(models.In("letters"));
        File.WriteAllText(models.In("letters", "to-mother.txt"), "");
        models.Run("train", "fruit.yaml", "--run", "letters", "--overwrite").ShouldFail(ExitCode.Failed, "holds no run");
        File.Exists(models.In("letters", "to-mother.txt")).ShouldBeTrue();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public void An_interrupted_run_says_how_to_go_on_and_ends_with_the_same_bits(string signal)
    {
        const string Epochs = "train.epochs=150";
        models.Run("train", "fruit.yaml", "--run", $"whole-{signal}", "--set", Epochs).ShouldSucceed();

        string run = $"stopped-{signal}";
        using Process process = SarsenProcess.Start(models.Folder, "train", "fruit.yaml", "--run", run, "--set", Epochs, "--json");
        while (process.StandardOutput.ReadLine() is { } line && !line.Contains("\"kind\":\"epoch\"", StringComparison.Ordinal))
        {
        }
        SarsenProcess.Signal(process, signal);
        SarsenProcess.End(process, "sarsen train").ShouldFail(ExitCode.Interrupted, $"sarsen train --resume {run}");
        Directory.Exists(models.In(run, "model")).ShouldBeFalse();
        models.Run("predict", run, "--row", "{}").ShouldFail(ExitCode.BadInput, $"sarsen train --resume {run}");

        models.Run("train", "--resume", run).ShouldSucceed().Output.ShouldContain("going on from step");
        Weights(run).ShouldBe(Weights($"whole-{signal}"));
    }

    [Theory]
    [InlineData("nope.yaml", "nope.yaml")]
    [InlineData("fruit.csv", "fruit.csv:1")]
    [InlineData("runs", "is a folder")]
    [InlineData("fruit.yaml --set train.epoch=3", "did you mean 'epochs'?")]
    [InlineData("fruit.yaml --set train.epochs=many", "expected a whole number")]
    [InlineData("fruit.yaml --set train.epochs", "expected path=value")]
    [InlineData("fruit.yaml --set data.target=labels", "did you mean 'label'?")]
    [InlineData("fruit.yaml --set data.source.csv=fruits.csv", "did you mean 'fruit.csv'?")]
    [InlineData("fruit.yaml --set train.batch_size=0", "batch_size")]
    [InlineData("fruit.yaml --set model.layers=[{dense: 3}]", "classes")]
    [InlineData("fruit.yaml --resume runs/fruit", "or --resume")]
    [InlineData("--resume runs/fruit --overwrite", "are for new ones")]
    public void Bad_input_ends_with_2_and_words(string line, string words)
    {
        // The value of --set may hold spaces.
        string[] arguments = line.Split(' ', 3);
        models.Run(["train", .. arguments, .. line.Contains("--resume", StringComparison.Ordinal) ? (string[])[] : ["--run", "refused"]])
            .ShouldFail(ExitCode.BadInput, words);
    }

    [Fact]
    public void What_is_no_run_is_not_resumed() => models.Run("train", "--resume", "nowhere").ShouldFail(ExitCode.Failed, "there is no run");

    private string Weights(string run) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(models.In(run, "model", "model.safetensors"))));
}
