using Sarsen.Data;
using Sarsen.Models;
using Sarsen.Models.Layers;
using Sarsen.Nn;
using Sarsen.Nn.Losses;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Tasks;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>What a spec and its data make together: the task, the network with its first weights, loss and metrics.</summary>
internal sealed record TrainingParts(LearningTask Task, Network Network, Loss Loss, IReadOnlyList<Metric> Metrics)
{
    /// <exception cref="NetworkException">The network does not fit together, or not the data.</exception>
    /// <exception cref="RunException">Loss, metrics and target do not belong together.</exception>
    public static TrainingParts Build(RunSpec spec, PreparedData data)
    {
        LearningTask task = spec.Train.Loss.Task(data.Pipeline);
        Metric? stray = spec.Metrics.FirstOrDefault(m => m.Task != task.Kind);
        if (stray is not null)
            throw new RunException($"the metric {stray.Name} is for {stray.Task.ToString().ToLowerInvariant()}, the loss makes this {task.Kind.ToString().ToLowerInvariant()}: keep the metrics of that");
        IReadOnlyList<Metric> metrics = spec.Metrics.Count > 0 ? spec.Metrics : task.UsualMetrics;
        foreach ((_, string watched) in spec.Watched())
        {
            if (RunSpec.WhyUnknown(watched, data.Validation is not null, metrics) is { } why)
                throw new RunException($"'{watched}' cannot be watched: {why}");
        }
        Network network = Build(spec.Model, task, data);
        if (!network.Body.Parameters().Any())
            throw new NetworkException(network.Definition.Layers.Count - 1, "the network has nothing to train: no layer has parameters; add a linear layer");
        task.Check(network);
        Refuse(spec.Train, network);
        Initialize(spec, network);
        Freeze(spec.Train.Freeze, network);
        return new TrainingParts(task, network, spec.Train.Loss.Create(), metrics);
    }

    /// <summary>The shape table and the memory of a step on so many samples.</summary>
    public ModuleSummary Summary(long rows) =>
        ModuleSummary.Of(Network.Body, Network.InputShape(rows), Network.Definition.InputType,
            (scope, result) => Loss.Call(result, Task.Target(scope, default, checked((int)rows))));

    /// <summary>What a trainer is made of, without checkpoints and onlookers.</summary>
    public TrainerSetup Setup(RunSpec spec, PreparedData data, Workers workers, TimeProvider time) => new()
    {
        Network = Network,
        Task = Task,
        Loss = Loss,
        Spec = spec.Train,
        Training = data.Training,
        Validation = data.Validation,
        Metrics = Metrics,
        Shuffle = spec.Data.Shuffle,
        Seed = spec.Seed,
        Workers = workers,
        Time = time,
    };

    private static Network Build(ModelSpec model, LearningTask task, PreparedData data)
    {
        Data.Batches.SampleLayout input = data.Pipeline.Input;
        IReadOnlyList<LayerSpec> layers = model.Preset?.Layers(input.Shape, task.Outputs) ?? model.Layers;
        return Network.Build(new NetworkDefinition
        {
            InputType = input.Type,
            InputShape = [.. input.Shape.AsSpan()],
            Layers = [.. layers.Select((layer, i) => Sized(layer, i, data.Pipeline.VocabularySize))],
            Output = task.Output,
        });
    }

    private static LayerSpec Sized(LayerSpec layer, int index, int? vocabulary)
    {
        try
        {
            string word = LayerCatalogue.All.First(e => e.Type == layer.GetType()).Word;
            return vocabulary is { } size ? layer.WithVocabulary(size, $"layer {index + 1} ({word})") : layer;
        }
        catch (ArgumentException e)
        {
            throw new NetworkException(index, e.Message, e);
        }
    }

    private static void Freeze(IReadOnlyList<string> patterns, Network network)
    {
        try
        {
            network.Body.Freeze(patterns);
        }
        catch (ArgumentException e)
        {
            throw new RunException($"train.freeze: {e.Message}", e);
        }
        if (network.Body.Parameters().All(p => !p.RequiresGrad))
            throw new RunException("train.freeze leaves nothing to train: all parameters are frozen; leave some out of it");
    }

    // What depends on all samples of a batch at once cannot be joined over grains that different ranks compute.
    private static void Refuse(TrainSpec train, Network network)
    {
        if (train.Deterministic == Determinism.Ranks && network.Body.Modules().FirstOrDefault(m => m is Nn.Layers.BatchNorm) is { } norm)
            throw new RunException($"train.deterministic: ranks cannot be kept by layer '{norm.Path}' ({norm.Kind}): its statistics are those of the samples a rank has. Use layer_norm, or deterministic: threads");
    }

    private static void Initialize(RunSpec spec, Network network)
    {
        foreach (Parameter parameter in network.Body.Parameters())
        {
            bool weight = parameter.Value.Rank >= 2;
            if ((weight ? spec.Model.Initialisation?.Weights : spec.Model.Initialisation?.Biases) is { } initializer && (weight || parameter.Name.Contains("bias", StringComparison.Ordinal)))
                parameter.Initializer = initializer.Create();
        }
        network.Body.Initialize(spec.Seed);
        if (spec.Model.Weights is not { } file)
            return;
        try
        {
            ModelFolder.ReadWeights(network, file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunException($"model.weights: '{file}' cannot be read: {e.Message}", e);
        }
    }
}
