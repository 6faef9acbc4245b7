using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;
using Sarsen.Models.Layers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Tests.Runs;

/// <summary>
/// A folder with a small table and runs on it. Columns: a, b and c, normal; <c>kind</c> of three classes, <c>flag</c> of
/// two and <c>y</c>, a value, all of which follow from a, b and c.
/// </summary>
internal sealed class SmallRuns : IDisposable
{
    private int _runs;

    /// <param name="rows">Of the table.</param>
    public SmallRuns(int rows = 150)
    {
        var rng = new Rng(5, "small runs");
        var text = new StringBuilder("a,b,c,kind,flag,y\n");
        for (int i = 0; i < rows; i++)
        {
            double a = rng.Normal(3 * i), b = rng.Normal(3 * i + 1), c = rng.Normal(3 * i + 2);
            string kind = a > 0.4 ? "stone" : b > 0 ? "wood" : "clay";
            text.Append(CultureInfo.InvariantCulture, $"{a},{b},{c},{kind},{(a + b > 0 ? "yes" : "no")},{3 * a - b + 100}\n");
        }
        File.WriteAllText(Csv, text.ToString());
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory().FullName;

    public string Csv => Path.Combine(Folder, "table.csv");

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>Three classes from three numbers.</summary>
    public RunSpec Classes => new()
    {
        Name = "classes",
        Seed = 3,
        Data = new DataSpec
        {
            Source = new CsvSource { Path = [Csv] },
            Features = ["a", "b", "c"],
            Target = ["kind"],
            Split = new SplitSpec { Train = 0.6, Validation = 0.2, Test = 0.2, Stratify = true },
        },
        Preprocess = [new StandardScaleStep()],
        Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 16, Activation = ActivationKind.Relu }, new LinearSpec { OutFeatures = 3 }] },
        Train = new TrainSpec { Loss = new CrossEntropyLossSpec(), Optimizer = new AdamSpec { Lr = 0.02 }, BatchSize = 16, Epochs = 3 },
    };

    /// <summary>A value from three numbers.</summary>
    public RunSpec Values => Classes with
    {
        Name = "values",
        Data = Classes.Data with { Target = ["y"], Split = new SplitSpec { Train = 0.6, Validation = 0.2, Test = 0.2 } },
        Preprocess = [new StandardScaleStep(), new StandardScaleStep { Columns = ["y"] }],
        Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 1 }] },
        Train = Classes.Train with { Loss = new MseLossSpec() },
    };

    /// <summary>One class of two from three numbers.</summary>
    public RunSpec Binary => Classes with
    {
        Name = "binary",
        Data = Classes.Data with { Target = ["flag"] },
        Model = new ModelSpec { Layers = [new LinearSpec { OutFeatures = 8, Activation = ActivationKind.Tanh }, new LinearSpec { OutFeatures = 1, Activation = ActivationKind.Sigmoid }] },
        Train = Classes.Train with { Loss = new BceWithLogitsLossSpec() },
    };

    /// <summary>A run in a folder of its own.</summary>
    public RunResult Start(RunSpec spec, RunOptions? options = null, CancellationToken stop = default)
    {
        options ??= new RunOptions { Workers = Workers.Serial };
        return TrainingRun.Start(spec, options with { Folder = options.Folder ?? NewFolder() }, stop);
    }

    public string NewFolder() => Path.Combine(Folder, $"run-{++_runs}");

    /// <summary>The bits of a run's weights and of what they were measured at.</summary>
    public static string Bits(RunResult result) => string.Join(' ', new[] { "model.safetensors", "pipeline.json", "validation.json", "test.json" }
        .Select(file => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(result.Model!, file))))[..16]));

    /// <summary>The kinds of a run's events, in order.</summary>
    public static IEnumerable<string> Kinds(RunResult result) => EventLog.Read(Path.Combine(result.Folder, "events.jsonl")).Select(e => e.Kind);
}
