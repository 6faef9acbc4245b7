using Sarsen.Data;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources;
using Sarsen.Models;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Tasks;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>Samples that a finished model is measured on, with the spec that says how.</summary>
internal sealed class ModelSamples : IDisposable
{
    private readonly IDisposable _owner;
    private readonly RunSpec _spec;
    private readonly Pipeline _pipeline;

    private ModelSamples(RunSpec spec, Pipeline pipeline, SampleSet samples, IDisposable owner) =>
        (_spec, _pipeline, Samples, _owner) = (spec, pipeline, samples, owner);

    public SampleSet Samples { get; }

    /// <summary>A part of the data that the model was made from, which is read and split again.</summary>
    /// <exception cref="RunException">The split has no such part, the data has changed, or the folder has no spec.</exception>
    /// <exception cref="DataException">The data cannot be read any more.</exception>
    public static ModelSamples OfPart(string folder, EvaluatedPart part, CancellationToken stop)
    {
        RunSpec spec = SpecOf(folder);
        string? checksum = ModelFolder.ReadManifest(folder).DataChecksum;
        if (checksum is not null && DataChecksum.Of(spec.Data, stop).Sha256 != checksum)
            throw new RunException("the data has changed since the model was made, so its parts are no longer the ones it was held out from: give labelled rows with --data");
        PreparedData data = PreparedData.Prepare(spec.Data, spec.Preprocess, spec.Seed, new PrepareOptions { Target = spec.Train.Loss.Target, CacheFolder = Path.GetTempPath() }, stop);
        SampleSet? samples = part switch
        {
            EvaluatedPart.Test => data.Test,
            EvaluatedPart.Validation => data.Validation,
            _ => data.Training.WithoutAugmentation(),
        };
        if (samples is not null)
            return new ModelSamples(spec, data.Pipeline, samples, data);
        data.Dispose();
        throw new RunException($"the spec's split has no {part.ToString().ToLowerInvariant()} part: choose another with --part");
    }

    /// <summary>Other rows, encoded as the model's own.</summary>
    /// <exception cref="RunException">The folder has no spec.</exception>
    /// <exception cref="DataException">The rows cannot be read or encoded.</exception>
    public static ModelSamples OfData(string folder, DataSource source, CancellationToken stop)
    {
        RunSpec spec = SpecOf(folder);
        using FileStream file = File.OpenRead(Path.Combine(folder, ModelFolder.PipelineFile));
        Pipeline pipeline = Pipeline.Load(file);
        SampleSet samples = pipeline.Samples(source.Open(new SourceContext()), new PrepareOptions { CacheFolder = Path.GetTempPath() }, stop);
        return new ModelSamples(spec, pipeline, samples, samples);
    }

    /// <summary>The metrics of the spec, as deployments of the network would have them.</summary>
    public EvaluationReport Measure(Network network, CancellationToken stop)
    {
        LearningTask task = _spec.Train.Loss.Task(_pipeline);
        IReadOnlyList<Metric> metrics = _spec.Metrics.Count > 0 ? _spec.Metrics : task.UsualMetrics;
        using var evaluator = new Evaluator(network, task, null, metrics, Workers.Shared) { Plan = network.ToPlan(output: false) };
        return evaluator.Run(Samples, stop).Report;
    }

    public void Dispose() => _owner.Dispose();

    private static RunSpec SpecOf(string folder)
    {
        string file = Path.Combine(folder, "spec.yaml");
        return File.Exists(file)
            ? RunSpec.Load(file)
            : throw new RunException($"the model in '{folder}' has no spec.yaml, which says its metrics: it was not made by a run");
    }
}
