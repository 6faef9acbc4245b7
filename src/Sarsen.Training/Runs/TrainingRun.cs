using System.Globalization;
using Sarsen.Data;
using Sarsen.Data.Sources;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Checkpoints;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>
/// A run from data to model, as <c>sarsen train</c> does it: prepare, build, train, measure, write the model. All that
/// it says goes through its folder. From C#:
/// <code>RunResult result = TrainingRun.Start(new RunSpec { Data = …, Model = …, Train = … });</code>
/// </summary>
public sealed class TrainingRun
{
    private readonly RunSpec _spec;
    private readonly RunOptions _options;
    private readonly RunFolder _folder;
    private readonly RunRecorder _recorder;
    private readonly Workers _workers;

    private TrainingRun(RunSpec spec, RunOptions options, RunFolder folder, Workers workers)
    {
        (_spec, _options, _folder, _workers) = (spec, options, folder, workers);
        _recorder = new RunRecorder(folder.Events, options.Time, options.Observer);
    }

    /// <summary>Runs a spec to its end, or until <paramref name="stop"/> asks for a pause.</summary>
    /// <exception cref="SpecException">The spec has mistakes.</exception>
    /// <exception cref="RunException">It cannot begin or go on.</exception>
    /// <exception cref="DataException">The data is not what the spec says.</exception>
    /// <exception cref="NetworkException">The network does not fit together, or not the data.</exception>
    /// <exception cref="ModelFormatException">Weights to start from, or a checkpoint, cannot be read.</exception>
    public static RunResult Start(RunSpec spec, RunOptions? options = null, CancellationToken stop = default)
    {
        options ??= new RunOptions();
        spec = spec.Checked();
        Workers workers = options.Workers ?? (spec.Threads == 0 ? Workers.Shared : Workers.Shared.Take(spec.Threads));
        string path = options.Folder ?? Path.Combine("runs", spec.Name);
        using RunFolder folder = options.Resume
            ? RunFolder.Resume(path, spec, options.Time, options.Echo)
            : RunFolder.Create(path, spec, workers, options.Time, options.Overwrite, options.Echo);
        var run = new TrainingRun(spec, options, folder, workers);
        try
        {
            folder.Events.Append(RunEventKind.Started, folder.Record);
            RunResult result = spec.CrossValidation is { } folds ? run.CrossValidate(folds, stop) : run.Train(stop);
            folder.Events.Append(result.Status == RunStatus.Interrupted ? RunEventKind.Interrupted : RunEventKind.Finished, new { result.End, result.Model });
            folder.End(result.Status);
            return result;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            folder.Events.Append(RunEventKind.Interrupted, new { });
            folder.End(RunStatus.Interrupted);
            return new RunResult { Folder = folder.Path, Status = RunStatus.Interrupted };
        }
        catch (Exception e)
        {
            Fail(folder, e);
            throw;
        }
    }

    private RunResult Train(CancellationToken stop)
    {
        using PreparedData data = PreparedData.Prepare(_spec.Data, _spec.Preprocess, _spec.Seed, DataOptions(), stop);
        NoteData(data, stop);
        TrainingParts parts = TrainingParts.Build(_spec, data);
        using TextContinuation? texts = _spec.TextSamples is { } samples ? new TextContinuation(parts.Network, data.Pipeline.Tokenizer!, samples, _spec.Seed, _workers) : null;
        using var trainer = new Trainer(parts.Setup(_spec, data, _workers, _options.Time) with
        {
            Checkpoints = new CheckpointStore(_folder.Checkpoints, _spec.Train.Checkpoints.Keep),
            Observer = _recorder,
            Requests = _folder.TakeRequest,
            AtEpoch = texts is null ? null : (epoch, last) => Tell(texts, epoch, last),
        });
        RunOverview overview = RunOverview.Of(_spec, data, parts, trainer);
        _recorder.Overview(overview);
        RequireMemory(overview.PeakBytes);
        if (_options.Resume)
            Restore(trainer);

        TrainingEnd end = trainer.Run(stop);
        if (end == TrainingEnd.Interrupted)
            return new RunResult { Folder = _folder.Path, Status = RunStatus.Interrupted, End = end, State = trainer.State };
        if (end == TrainingEnd.EarlyStopped)
            _folder.Events.Append(RunEventKind.EarlyStopped, new { trainer.State.Epoch, trainer.State.Step, _spec.Train.EarlyStopping?.Metric, trainer.State.Best, trainer.State.BestEpoch });

        (double? validationLoss, EvaluationReport? validation) = Measure("validation", data.Validation, parts);
        (double? testLoss, EvaluationReport? test) = Measure("test", data.Test, parts);
        Dictionary<string, double> metrics = Metrics(("validation", validationLoss, validation), ("test", testLoss, test));
        WriteModel(data, parts.Network, metrics, validation, test);
        _folder.NoteMetrics(metrics);
        return new RunResult
        {
            Folder = _folder.Path,
            Status = RunStatus.Finished,
            End = end,
            Model = _folder.Model,
            Network = parts.Network,
            State = trainer.State,
            Validation = validation,
            Test = test,
        };
    }

    private void Tell(TextContinuation texts, int epoch, bool last)
    {
        if (texts.IsDue(epoch, last))
            _recorder.Text(epoch, texts.Prompt, texts.Write());
    }

    private RunResult CrossValidate(CrossValidationSpec folds, CancellationToken stop)
    {
        _folder.NoteData(DataChecksum.Of(_spec.Data, stop).Sha256);
        var validation = new CrossValidation(_spec, folds, _workers, _options.Time, _recorder);
        CrossValidationReport report = validation.Run(DataOptions(), stop);
        RunFolder.WriteText(Path.Combine(_folder.Path, "cross_validation.json"), report.ToJson());
        return new RunResult { Folder = _folder.Path, Status = RunStatus.Finished, CrossValidation = report };
    }

    private PrepareOptions DataOptions() => new()
    {
        Target = _spec.Train.Loss.Target,
        MemoryBytes = _options.DataBytes,
        CacheFolder = _folder.Cache,
        Sources = new SourceContext { QuarantinePath = _folder.Quarantine },
    };

    private void NoteData(PreparedData data, CancellationToken stop)
    {
        string checksum = DataChecksum.Of(_spec.Data, stop).Sha256;
        _folder.NoteData(checksum);
        _folder.Events.Append(RunEventKind.Data, new
        {
            Checksum = checksum,
            data.Report.Rows,
            data.Report.Dropped,
            LeftOut = data.Report.Sources.Sum(s => s.Rows.Bad),
            Training = data.Training.Count,
            Validation = data.Validation?.Count ?? 0,
            Test = data.Test?.Count ?? 0,
        });
        foreach (DroppedRows dropped in data.Report.Dropped)
            _recorder.Warning($"{dropped.Step} left out {dropped.Rows} rows of the {dropped.Part} part");
        foreach (SourceRows source in data.Report.Sources.Where(s => s.Rows.Bad > 0))
            _recorder.Warning($"{source.Source}: {source.Rows}");
    }

    // Before the first step: the system would end the process, not refuse it.
    private void RequireMemory(long bytes)
    {
        long most = _options.MemoryBytes ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (bytes > most)
            throw new RunException(string.Create(CultureInfo.InvariantCulture, $"training takes {bytes:N0} bytes at its most, and may use {most:N0}: lower train.batch_size, set train.grain, or make the network smaller"));
    }

    private void Restore(Trainer trainer)
    {
        var store = new CheckpointStore(_folder.Checkpoints, _spec.Train.Checkpoints.Keep);
        Checkpoint? newest = store.Newest((name, why) => _recorder.Warning($"checkpoint '{name}' is damaged ({why}); going on from the one before it"));
        if (newest is null)
        {
            _recorder.Warning("the run has no checkpoint yet: it begins anew");
            return;
        }
        trainer.Restore(newest);
        _recorder.Resumed(trainer.State);
    }

    private (double? Loss, EvaluationReport? Report) Measure(string part, Data.Batches.SampleSet? samples, TrainingParts parts)
    {
        if (samples is null)
            return (null, null);
        using var evaluator = new Evaluator(parts.Network, parts.Task, parts.Loss, parts.Metrics, _workers) { Plan = parts.Network.ToPlan(output: false) };
        (double loss, EvaluationReport report) = evaluator.Run(samples);
        _recorder.Evaluated(part, report);
        return (loss, report);
    }

    private static Dictionary<string, double> Metrics(params IEnumerable<(string Part, double? Loss, EvaluationReport? Report)> parts)
    {
        var metrics = new Dictionary<string, double>();
        foreach ((string part, double? loss, EvaluationReport? report) in parts)
        {
            if (loss is { } value && double.IsFinite(value))
                metrics[$"{part}_loss"] = value;
            foreach (MetricResult metric in report?.Metrics ?? [])
            {
                if (metric.Value is { } measured)
                    metrics[$"{part}_{metric.Name}"] = measured;
            }
        }
        return metrics;
    }

    private void WriteModel(PreparedData data, Network network, Dictionary<string, double> metrics, EvaluationReport? validation, EvaluationReport? test)
    {
        var manifest = new ModelManifest
        {
            Name = _spec.Name,
            CreatedUnixMs = _options.Time.GetUtcNow().ToUnixTimeMilliseconds(),
            RunId = _folder.Record.Id,
            Seed = _spec.Seed,
            DataChecksum = _folder.Record.DataChecksum,
            Sarsen = _folder.Record.Sarsen,
            Numerics = Numerics.Version,
            Metrics = metrics,
        };
        RunFolder.Writing(_folder.Model, () => ModelFolder.Write(_folder.Model, network, manifest, folder =>
        {
            using (FileStream pipeline = File.Create(Path.Combine(folder, ModelFolder.PipelineFile)))
                data.Pipeline.Save(pipeline);
            if (data.Pipeline.Tokenizer is { } tokenizer)
                LanguageFiles.Write(folder, tokenizer, network.Language?.ContextLength ?? data.Pipeline.Input.Shape[0]);
            AtomicFile.WriteAllText(Path.Combine(folder, "spec.yaml"), SpecWriter.Write(_spec, RunSpec.Choices));
            if (validation is not null)
                AtomicFile.WriteAllText(Path.Combine(folder, "validation.json"), validation.ToJson());
            if (test is not null)
                AtomicFile.WriteAllText(Path.Combine(folder, "test.json"), test.ToJson());
        }));
    }

    // The disk may be what failed: then the process's end says it, and the first error stands.
    private static void Fail(RunFolder folder, Exception e)
    {
        try
        {
            folder.Events.Append(RunEventKind.Failed, new { Error = e.GetType().Name, e.Message });
            folder.End(RunStatus.Failed, e.Message);
        }
        catch (RunException)
        {
        }
    }
}
