using Sarsen.Data;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>
/// Trains on every fold but one in turn. The folds are tasks that run side by side, each on one thread: results do not
/// depend on it, and T = Σ Tᵢ beside the wall time says what it saved.
/// </summary>
/// <param name="spec">What is run.</param>
/// <param name="folds">How many, and how they are made.</param>
/// <param name="workers">How many folds run at once.</param>
/// <param name="time">The clock.</param>
/// <param name="observer">Told every fold.</param>
internal sealed class CrossValidation(RunSpec spec, CrossValidationSpec folds, Workers workers, TimeProvider time, IRunObserver observer)
{
    public CrossValidationReport Run(PrepareOptions options, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        var results = new FoldResult[folds.Folds];
        var gate = new Lock();
        using var slots = new SemaphoreSlim(workers.Count);
        var tasks = new List<Task>();
        int number = 0;
        foreach (PreparedData data in PreparedData.PrepareFolds(spec.Data, spec.Preprocess, spec.Seed, folds.Folds, folds.Stratify, options, stop))
        {
            slots.Wait(stop);
            int fold = ++number;
            // A driver has a thread of its own: it waits for batches and computes for long.
            tasks.Add(Task.Factory.StartNew(() =>
            {
                try
                {
                    using (data)
                        results[fold - 1] = Train(fold, data, stop);
                    lock (gate)
                        observer.Fold(results[fold - 1], folds.Folds);
                }
                finally
                {
                    slots.Release();
                }
            }, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }
        Task.WhenAll(tasks).GetAwaiter().GetResult();
        return CrossValidationReport.Of(results, time.GetElapsedTime(begun).TotalSeconds);
    }

    private FoldResult Train(int fold, PreparedData data, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        TrainingParts parts = TrainingParts.Build(spec, data);
        using var trainer = new Trainer(new TrainerSetup
        {
            Network = parts.Network,
            Task = parts.Task,
            Loss = parts.Loss,
            Spec = spec.Train,
            Training = data.Training,
            Validation = data.Validation,
            Metrics = parts.Metrics,
            Shuffle = spec.Data.Shuffle,
            Seed = spec.Seed,
            Workers = Workers.Serial,
            Time = time,
        });
        if (trainer.Run(stop) == TrainingEnd.Interrupted)
            throw new OperationCanceledException(stop);
        using var evaluator = new Evaluator(parts.Network, parts.Task, null, parts.Metrics, Workers.Serial);
        EvaluationReport report = evaluator.Run(data.Validation!, stop).Report;
        return new FoldResult(fold, report, time.GetElapsedTime(begun).TotalSeconds);
    }
}
