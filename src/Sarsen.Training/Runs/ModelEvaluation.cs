using Sarsen.Data;
using Sarsen.Data.Batches;
using Sarsen.Data.Preprocessing;
using Sarsen.Data.Sources;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Tasks;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>The parts of a run's data.</summary>
public enum EvaluatedPart
{
    Test,
    Validation,
    Training,
}

/// <summary>Measures a finished model by the metrics of its spec.</summary>
public static class ModelEvaluation
{
    /// <summary>On a part of the data that it was made from, which is read and split again.</summary>
    /// <exception cref="RunException">The split has no such part, the data has changed, or the folder has no spec.</exception>
    /// <exception cref="DataException">The data cannot be read any more.</exception>
    /// <exception cref="ModelFormatException">The model is damaged.</exception>
    public static EvaluationReport OfPart(string folder, EvaluatedPart part, CancellationToken stop = default)
    {
        RunSpec spec = SpecOf(folder);
        string? checksum = ModelFolder.ReadManifest(folder).DataChecksum;
        if (checksum is not null && DataChecksum.Of(spec.Data, stop).Sha256 != checksum)
            throw new RunException("the data has changed since the model was made, so its parts are no longer the ones it was held out from: give labelled rows with --data");
        using PreparedData data = PreparedData.Prepare(spec.Data, spec.Preprocess, spec.Seed, new PrepareOptions { Target = spec.Train.Loss.Target, CacheFolder = Path.GetTempPath() }, stop);
        SampleSet samples = part switch
        {
            EvaluatedPart.Test => data.Test,
            EvaluatedPart.Validation => data.Validation,
            _ => data.Training.WithoutAugmentation(),
        } ?? throw new RunException($"the spec's split has no {part.ToString().ToLowerInvariant()} part: choose another with --part");
        return Measure(spec, folder, data.Pipeline, samples, stop);
    }

    /// <summary>On other labelled rows.</summary>
    /// <inheritdoc cref="OfPart"/>
    public static EvaluationReport OfData(string folder, DataSource source, CancellationToken stop = default)
    {
        using FileStream file = File.OpenRead(Path.Combine(folder, ModelFolder.PipelineFile));
        Pipeline pipeline = Pipeline.Load(file);
        using SampleSet samples = pipeline.Samples(source.Open(new SourceContext()), new PrepareOptions { CacheFolder = Path.GetTempPath() }, stop);
        return Measure(SpecOf(folder), folder, pipeline, samples, stop);
    }

    private static EvaluationReport Measure(RunSpec spec, string folder, Pipeline pipeline, SampleSet samples, CancellationToken stop)
    {
        LearningTask task = spec.Train.Loss.Task(pipeline);
        IReadOnlyList<Metric> metrics = spec.Metrics.Count > 0 ? spec.Metrics : task.UsualMetrics;
        using var evaluator = new Evaluator(ModelFolder.Load(folder), task, null, metrics, Workers.Shared);
        return evaluator.Run(samples, stop).Report;
    }

    private static RunSpec SpecOf(string folder)
    {
        string file = Path.Combine(folder, "spec.yaml");
        return File.Exists(file)
            ? RunSpec.Load(file)
            : throw new RunException($"the model in '{folder}' has no spec.yaml, which says its metrics: it was not made by a run");
    }
}
