using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Sarsen.Testing;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests;

/// <summary>Every sample is read, and reaches on real data what samples/README.md says.</summary>
public sealed class SampleTests : IDisposable
{
    private const string Shakespeare = "datasets/tinyshakespeare/input.txt";

    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<string> Samples =>
        [.. Directory.EnumerateFiles(Repository.PathOf("samples"), "*.yaml").Select(p => Path.GetFileNameWithoutExtension(p)!).Order(StringComparer.Ordinal)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Samples))]
    public void Every_sample_is_read_and_told_about(string sample)
    {
        RunSpec spec = RunSpec.Load(PathOf(sample));

        spec.Name.ShouldBe(sample);
        spec.Checked().Train.ShouldNotBeNull();
        File.ReadAllText(Repository.PathOf("samples", "README.md")).ShouldContain($"({sample}.yaml)");
    }

    [Fact]
    public void Digits() => Reached("digits-cnn", "accuracy", "train.epochs=6").ShouldBeGreaterThan(0.9);

    [SlowFact]
    public void Digits_to_the_end() => Reached("digits-cnn", "accuracy").ShouldBeGreaterThanOrEqualTo(0.975);

    [DataFact("datasets/sklearn/wine_data.csv")]
    public void Wine() => Reached("two-layer", "accuracy", $"data.source.csv.path={Data("sklearn/wine_data.csv")}").ShouldBeGreaterThan(0.94);

    [SlowFact("datasets/sklearn/breast_cancer.csv")]
    public void Breast_cancer()
    {
        string[] lines = File.ReadAllLines(Data("sklearn/breast_cancer.csv"));
        string csv = Write("breast-cancer.csv", [
            string.Join(',', Enumerable.Range(1, 30).Select(i => $"x{i}")) + ",diagnosis",
            .. lines.Skip(1).Select(line => Regex.Replace(line, "[01]$", m => m.Value == "0" ? "malignant" : "benign"))]);

        Reached("breast-cancer", "roc_auc", $"data.source.csv={csv}").ShouldBeGreaterThan(0.98);
    }

    [DataFact("datasets/sklearn/diabetes_data_raw.csv.gz", "datasets/sklearn/diabetes_target.csv.gz")]
    public void Diabetes()
    {
        string csv = Write("diabetes.csv", ["age,sex,bmi,bp,s1,s2,s3,s4,s5,s6,progression",
            .. Lines("sklearn/diabetes_data_raw.csv.gz").Zip(Lines("sklearn/diabetes_target.csv.gz"), (x, y) => $"{x.Trim().Replace(' ', ',')},{y.Trim()}")]);

        Reached("diabetes", "r2", $"data.source.csv={csv}").ShouldBeGreaterThan(0.4);
    }

    [SlowFact("datasets/r-timeseries/co2.csv.gz")]
    public void Carbon_dioxide()
    {
        double[] ppm = [.. Lines("r-timeseries/co2.csv.gz").Skip(1).Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture))];
        string csv = Write("co2.csv", ["month,co2", .. ppm.Select((value, i) => FormattableString.Invariant($"{i},{value}"))]);
        // A month is like that of a year ago: the forecast to beat, over the months of the test part.
        int first = (int)(0.85 * ppm.Length) + 24;
        double naive = Math.Sqrt(Enumerable.Range(first, ppm.Length - first).Average(i => Math.Pow(ppm[i] - ppm[i - 12], 2)));

        Reached("co2", "rmse", $"data.source.csv={csv}").ShouldBeLessThan(naive / 2);
    }

    [SlowFact("datasets/r-modeldata/credit_data.csv.gz")]
    public void Credit() => Reached("credit", "roc_auc", $"data.source.csv={Data("r-modeldata/credit_data.csv.gz")}").ShouldBeGreaterThan(0.8);

    [SlowFact("datasets/spam-assassin/spam_assassin.jsonl.gz")]
    public void Spam() => Reached("spam", "accuracy", $"data.source.jsonl={Data("spam-assassin/spam_assassin.jsonl.gz")}").ShouldBeGreaterThan(0.97);

    [SlowFact("datasets/r-modeldata/small_fine_foods_training_data.csv.gz")]
    public void Food_reviews() => Reached("food-reviews", "roc_auc",
        $"data.source.csv={Data("r-modeldata/small_fine_foods_training_data.csv.gz")}",
        $"data.test.csv={Data("r-modeldata/small_fine_foods_testing_data.csv.gz")}").ShouldBeGreaterThan(0.75);

    [SlowFact("datasets/mnist/train-images-idx3-ubyte.gz")]
    public void Mnist_with_a_convolutional_network() => Reached("mnist-cnn", "accuracy", Mnist()).ShouldBeGreaterThanOrEqualTo(0.985);

    [SlowFact("datasets/mnist/train-images-idx3-ubyte.gz")]
    public void Mnist_with_LeNet() => Reached("mnist-lenet5", "accuracy", Mnist()).ShouldBeGreaterThanOrEqualTo(0.975);

    [SlowFact("datasets/mnist/train-images-idx3-ubyte.gz")]
    public void Mnist_with_a_recurrent_network() => Reached("mnist-rnn", "accuracy", Mnist()).ShouldBeGreaterThan(0.95);

    [SlowFact("datasets/mnist/train-images-idx3-ubyte.gz")]
    public void Mnist_without_labels() => Reached("mnist-autoencoder", "mse",
        $"data.source.idx.images={Data("mnist/train-images-idx3-ubyte.gz")}",
        $"data.test.idx.images={Data("mnist/t10k-images-idx3-ubyte.gz")}").ShouldBeLessThan(0.0085);

    [SlowFact(Shakespeare)]
    public void A_small_language_model()
    {
        RunResult result = TrainingRun.Start(RunSpec.Load(PathOf("tiny-lm"), [$"data.source.text.path={TestData.PathOf(Shakespeare)}"]), new RunOptions { Folder = Path.Combine(_folder, "run") });

        // What nanoGPT's settings for a CPU reach in 2,000 steps, and 0.02 more.
        result.State!.Step.ShouldBe(2000);
        result.State.History[^1].ValidationLoss!.Value.ShouldBeLessThanOrEqualTo(1.90);
    }

    private double Reached(string sample, string metric, params IEnumerable<string> settings)
    {
        RunResult result = TrainingRun.Start(RunSpec.Load(PathOf(sample), settings), new RunOptions { Folder = Path.Combine(_folder, "run") });
        return result.Test![metric].Value!.Value;
    }

    private static string PathOf(string sample) => Repository.PathOf("samples", sample + ".yaml");

    private static string Data(string file) => TestData.PathOf("datasets/" + file);

    private static IEnumerable<string> Mnist() =>
    [
        $"data.source={{idx: {{images: {Data("mnist/train-images-idx3-ubyte.gz")}, labels: {Data("mnist/train-labels-idx1-ubyte.gz")}}}}}",
        $"data.test={{idx: {{images: {Data("mnist/t10k-images-idx3-ubyte.gz")}, labels: {Data("mnist/t10k-labels-idx1-ubyte.gz")}}}}}",
    ];

    private static IEnumerable<string> Lines(string file)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(Data(file)), CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private string Write(string name, IEnumerable<string> lines)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllLines(path, lines);
        return path;
    }
}
