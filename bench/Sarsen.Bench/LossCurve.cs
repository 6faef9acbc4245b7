using System.Globalization;
using System.Text.Json;
using Sarsen.Data;
using Sarsen.Data.Batches;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Training.Spec;
using Sarsen.Training.Tasks;
using Sarsen.Training.Trainers;

namespace Sarsen.Bench;

/// <summary>
/// Some steps of a language model's training, with all that another engine needs to make the same: <c>initial/</c>, the model
/// folder before the first step, <c>batches.safetensors</c> with <c>ids</c> and <c>next</c>, I64 (steps, B, T), and
/// <c>curve.json</c> with each step's learning rate and loss.
/// </summary>
internal static class LossCurve
{
    /// <param name="spec">The run's YAML; its preset is a language model's.</param>
    /// <param name="folder">Where; made when it is not there.</param>
    /// <param name="settings">Settings that go before the spec's.</param>
    public static void Write(string spec, string folder, IReadOnlyList<string> settings)
    {
        RunSpec run = RunSpec.Load(spec, settings);
        using PreparedData data = PreparedData.Prepare(run.Data, run.Preprocess, run.Seed);
        SampleLayout input = data.Pipeline.Input;
        int vocabulary = data.Pipeline.VocabularySize!.Value;
        Network network = Network.Build(new NetworkDefinition
        {
            InputType = input.Type,
            InputShape = [.. input.Shape.AsSpan()],
            Layers = run.Model.Preset!.Layers(input.Shape, vocabulary),
            Output = OutputFunction.Softmax,
        });
        network.Body.Initialize(run.Seed);
        Directory.CreateDirectory(folder);
        ModelFolder.Write(Path.Combine(folder, "initial"), network, new ModelManifest { Name = run.Name, CreatedUnixMs = 0, Sarsen = "", Numerics = Numerics.Version });

        var curve = new Curve();
        using (var trainer = new Trainer(new TrainerSetup
        {
            Network = network,
            Task = new NextTokenTask(vocabulary, (int)input.Shape[0]),
            Loss = run.Train.Loss.Create(),
            Spec = run.Train,
            Training = data.Training,
            Shuffle = run.Data.Shuffle,
            Seed = run.Seed,
            Observer = curve,
        }))
        {
            trainer.Run(CancellationToken.None);
        }
        WriteBatches(Path.Combine(folder, "batches.safetensors"), data.Training, run, curve.Losses.Count);
        File.WriteAllText(Path.Combine(folder, "curve.json"), JsonSerializer.Serialize(new { losses = curve.Losses, rates = curve.Rates }));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{curve.Losses.Count} steps, the loss of the last {curve.Losses[^1]:0.0000}"));
    }

    // The batches that the trainer drew: they follow from seed, epoch and place.
    private static void WriteBatches(string path, SampleSet samples, RunSpec run, int steps)
    {
        using var reader = new BatchReader(samples, new BatchOptions { BatchSize = run.Train.BatchSize, Shuffle = run.Data.Shuffle, Seed = run.Seed, DropLast = run.Train.DropLast });
        Tensor ids = Tensor.Empty(DType.I64, new Shape(steps, run.Train.BatchSize, samples.Input.Shape[0])), next = Tensor.Empty(DType.I64, ids.Shape);
        int step = 0;
        for (int epoch = 0; step < steps; epoch++)
        {
            reader.Begin(epoch);
            while (step < steps && reader.Next() is { } batch)
            {
                Copy(batch, ids, next, step++);
            }
        }
        SafetensorsWriter.Write(path, [("ids", ids), ("next", next)]);
    }

    private static unsafe void Copy(Batch batch, Tensor ids, Tensor next, int step)
    {
        int bytes = checked((int)batch.InputBytes);
        if (bytes != ids.Bytes.Length / ids.Shape[0])
            throw new InvalidOperationException("a batch is not full: let the windows of an epoch be a multiple of the batch");
        new ReadOnlySpan<byte>(batch.Input, bytes).CopyTo(ids.Bytes[(step * bytes)..]);
        new ReadOnlySpan<byte>(batch.Target, bytes).CopyTo(next.Bytes[(step * bytes)..]);
    }

    /// <summary>The loss of each step, from the means of the epoch so far.</summary>
    private sealed class Curve : ITrainingObserver
    {
        private double _sum;
        private long _samples;

        public List<double> Losses { get; } = [];

        public List<double> Rates { get; } = [];

        public void Step(in StepReport report)
        {
            double sum = report.Loss * (_samples + report.Samples);
            Losses.Add((sum - _sum) / report.Samples);
            Rates.Add(report.LearningRate);
            (_sum, _samples) = (sum, _samples + report.Samples);
        }

        public void Epoch(EpochRecord record, double seconds) => (_sum, _samples) = (0, 0);

        public void Checkpoint(TrainingState state, bool best)
        {
        }
    }
}
