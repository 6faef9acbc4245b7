using System.Runtime.ExceptionServices;
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
    private readonly Lock _gate = new();

    /// <summary>Ends with the first fold that fails: the others are stopped, and none outlives the call.</summary>
    public CrossValidationReport Run(PrepareOptions options, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        using var slots = new SemaphoreSlim(workers.Count);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var tasks = new List<Task<FoldResult>>();
        var errors = new List<Exception>();
        try
        {
            foreach (PreparedData data in PreparedData.PrepareFolds(spec.Data, spec.Preprocess, spec.Seed, folds.Folds, folds.Stratify, options, end.Token))
            {
                int fold = tasks.Count + 1;
                Take(slots, data, end.Token);
                // A driver has a thread of its own: it waits for batches and computes for long.
                tasks.Add(Task.Factory.StartNew(() => RunFold(fold, data, slots, end), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default));
            }
        }
        catch (Exception e)
        {
            errors.Add(e);
            end.Cancel();
        }
        Task.WhenAll(tasks).ContinueWith(static _ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
        errors.AddRange(tasks.Where(t => t.IsFaulted).Select(t => t.Exception!.InnerException!));
        // What made the others stop goes before that they were stopped.
        if (errors.OrderBy(e => e is OperationCanceledException).FirstOrDefault() is { } error)
            ExceptionDispatchInfo.Throw(error);
        return CrossValidationReport.Of([.. tasks.Select(t => t.Result)], time.GetElapsedTime(begun).TotalSeconds);
    }

    private static void Take(SemaphoreSlim slots, PreparedData data, CancellationToken end)
    {
        try
        {
            slots.Wait(end);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    }

    private FoldResult RunFold(int fold, PreparedData data, SemaphoreSlim slots, CancellationTokenSource end)
    {
        try
        {
            using (data)
            {
                FoldResult result = Train(fold, data, end.Token);
                lock (_gate)
                    observer.Fold(result, folds.Folds);
                return result;
            }
        }
        catch
        {
            end.Cancel();
            throw;
        }
        finally
        {
            slots.Release();
        }
    }

    private FoldResult Train(int fold, PreparedData data, CancellationToken stop)
    {
        long begun = time.GetTimestamp();
        TrainingParts parts = TrainingParts.Build(spec, data);
        using var trainer = new Trainer(parts.Setup(spec, data, Workers.Serial, time));
        if (trainer.Run(stop) == TrainingEnd.Interrupted)
            throw new OperationCanceledException(stop);
        using var evaluator = new Evaluator(parts.Network, parts.Task, null, parts.Metrics, Workers.Serial) { Plan = parts.Network.ToPlan(output: false) };
        EvaluationReport report = evaluator.Run(data.Validation!, stop).Report;
        return new FoldResult(fold, report, time.GetElapsedTime(begun).TotalSeconds);
    }
}
