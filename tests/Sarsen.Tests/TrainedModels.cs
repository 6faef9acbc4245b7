using System.Globalization;
using System.Text;
using Sarsen.Tensors;
using Sarsen.Testing;

namespace Sarsen.Tests;

/// <summary>
/// Two models that the program trained, once for all tests of commands: <c>runs/digits-cnn</c>, as the quickstart trains
/// it, and <c>runs/fruit</c>, on a small table with a number, a category and a label.
/// </summary>
public sealed class TrainedModels : IDisposable
{
    public const string Collection = "trained models";

    public TrainedModels()
    {
        File.WriteAllText(In("fruit.csv"), Fruit());
        File.WriteAllText(In("fruit.yaml"), """
            name: fruit
            seed: 3
            data:
              source: {csv: fruit.csv}
              target: label
              split: {train: 0.6, validation: 0.2, test: 0.2, stratify: true}
            preprocess:
              - one_hot: {columns: [colour]}
              - standard_scale: {columns: [weight]}
            model:
              layers:
                - dense: {out_features: 8, activation: relu}
                - dense: 2
            train:
              loss: cross_entropy
              optimizer: {adam: {lr: 0.02}}
              batch_size: 8
              epochs: 5
            metrics: [accuracy, log_loss]
            """);
        DigitsTraining = SarsenProcess.Run(Folder, "train", Repository.PathOf("samples", "digits-cnn.yaml"), "--json").ShouldSucceed();
        SarsenProcess.Run(Folder, "train", "fruit.yaml").ShouldSucceed();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("sarsen-tests-").FullName;

    /// <summary>What training the digits said, with <c>--json</c>.</summary>
    internal SarsenProcess.Ended DigitsTraining { get; }

    public string In(params ReadOnlySpan<string> parts) => Path.Combine([Folder, .. parts]);

    internal SarsenProcess.Ended Run(params IEnumerable<string> arguments) => SarsenProcess.Run(Folder, arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static string Fruit()
    {
        var rng = new Rng(7, "fruit");
        var csv = new StringBuilder("weight,colour,label\n");
        for (int i = 0; i < 120; i++)
        {
            bool apple = i % 2 == 0;
            double weight = (apple ? 150 : 120) + 10 * rng.Normal(2 * i);
            string colour = rng.UniformDouble(2 * i + 1) < 0.8 == apple ? "red" : "yellow";
            csv.Append(CultureInfo.InvariantCulture, $"{weight:0.0},{colour},{(apple ? "apple" : "banana")}\n");
        }
        return csv.ToString();
    }
}

/// <summary>The tests that share <see cref="TrainedModels"/>; they run one after the other.</summary>
[CollectionDefinition(TrainedModels.Collection)]
public sealed class TrainedModelsCollection : ICollectionFixture<TrainedModels>;
