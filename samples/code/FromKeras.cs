using Sarsen.Data;
using Sarsen.Data.Preprocessing.Steps;
using Sarsen.Data.Sources.Csv;
using Sarsen.Data.Splits;
using Sarsen.Models.Layers;
using Sarsen.Training.Runs;
using Sarsen.Training.Spec;

namespace Sarsen.Samples;

/// <summary>The program of docs/coming-from-keras.md: a test runs it and holds the page to it.</summary>
public static class FromKeras
{
    /// <param name="digits">digits.csv.gz.</param>
    /// <param name="folder">The run's folder.</param>
    /// <returns>The accuracy on the test part.</returns>
    public static double Train(string digits, string folder)
    {
        // The page begins here.
        RunResult result = TrainingRun.Start(new RunSpec
        {
            Name = "digits",
            Seed = 1,
            Data = new DataSpec
            {
                Source = new CsvSource { Path = [digits], Header = false },
                Target = ["column_65"],
                Split = new SplitSpec { Train = 0.7, Validation = 0.1, Test = 0.2, Stratify = true },
            },
            Preprocess = [new ReshapeStep { Shape = [1, 8, 8] }, new NormalizeStep { DivideBy = 16 }],
            Model = new ModelSpec
            {
                Layers =
                [
                    new Conv2dSpec { OutChannels = 16, Padding = new Padding2d(0, 0, Same: true), Activation = ActivationKind.Relu },
                    new MaxPool2dSpec(),
                    new FlattenSpec(),
                    new DropoutSpec { P = 0.2 },
                    new LinearSpec { OutFeatures = 10, Activation = ActivationKind.Softmax },
                ],
            },
            Train = new TrainSpec
            {
                Loss = new CrossEntropyLossSpec(),
                Optimizer = new NAdamSpec { Lr = 0.005 },
                EarlyStopping = new EarlyStoppingSpec { Patience = 3 },
                Ema = 0.99,
                Epochs = 8,
            },
        }, new RunOptions { Folder = folder });
        double accuracy = result.Test!["accuracy"].Value!.Value;
        // The page ends here.
        return accuracy;
    }
}
