using Sarsen.Training.Metrics;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>Writes what happens in a run into its event log, and passes it on.</summary>
/// <param name="events">The log.</param>
/// <param name="time">The clock: progress is noted every few seconds.</param>
/// <param name="next">Who else looks on; null for nobody.</param>
internal sealed class RunRecorder(EventLog events, TimeProvider time, IRunObserver? next) : IRunObserver
{
    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(2);

    private long _noted = time.GetTimestamp();
    private long _samples;

    public void Step(in StepReport report)
    {
        _samples += report.Samples;
        TimeSpan passed = time.GetElapsedTime(_noted);
        if (passed >= ProgressEvery)
        {
            events.Append(RunEventKind.Progress, new
            {
                report.Epoch,
                report.Epochs,
                report.Step,
                report.TotalSteps,
                report.Loss,
                report.LearningRate,
                SamplesPerSecond = _samples / passed.TotalSeconds,
            });
            (_noted, _samples) = (time.GetTimestamp(), 0);
        }
        next?.Step(report);
    }

    public void Epoch(EpochRecord record, double seconds)
    {
        events.Append(RunEventKind.Epoch, new
        {
            record.Epoch,
            record.Step,
            record.LearningRate,
            record.TrainLoss,
            record.ValidationLoss,
            Validation = record.Validation is null ? null : Values(record.Validation),
            Seconds = seconds,
        });
        next?.Epoch(record, seconds);
    }

    public void Checkpoint(TrainingState state, bool best)
    {
        events.Append(RunEventKind.Checkpoint, new { state.Epoch, state.Step, Best = best });
        next?.Checkpoint(state, best);
    }

    public void Overview(RunOverview overview)
    {
        events.Append(RunEventKind.Model, overview);
        next?.Overview(overview);
    }

    public void Resumed(TrainingState state)
    {
        events.Append(RunEventKind.Resumed, new { state.Epoch, state.Step });
        next?.Resumed(state);
    }

    public void Warning(string message)
    {
        events.Append(RunEventKind.Warning, new { Message = message });
        next?.Warning(message);
    }

    public void Evaluated(string part, EvaluationReport report)
    {
        events.Append(RunEventKind.Evaluated, new { Part = part, report.Samples, Metrics = Values(report.Metrics) });
        next?.Evaluated(part, report);
    }

    public void Text(int epoch, string prompt, string text)
    {
        events.Append(RunEventKind.Text, new { Epoch = epoch, Prompt = prompt, Text = text });
        next?.Text(epoch, prompt, text);
    }

    public void Fold(FoldResult fold, int folds)
    {
        events.Append(RunEventKind.Fold, new { fold.Fold, Folds = folds, fold.Seconds, Metrics = Values(fold.Report.Metrics) });
        next?.Fold(fold, folds);
    }

    internal static Dictionary<string, double?> Values(IReadOnlyList<MetricResult> metrics) => metrics.ToDictionary(m => m.Name, m => m.Value);
}
