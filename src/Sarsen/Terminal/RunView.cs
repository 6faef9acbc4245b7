using System.Globalization;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Trainers;
using Spectre.Console;

namespace Sarsen.Terminal;

/// <summary>
/// A run for a person: the shape table, a bar with loss, samples per second and time left, a line an epoch. Where the
/// output is no terminal, the lines alone.
/// </summary>
internal sealed class RunView : IRunObserver
{
    private static readonly TimeSpan RefreshEvery = TimeSpan.FromMilliseconds(100);

    // Percentage, epoch, loss, speed and time left: what the bar leaves room for.
    private const int DescriptionWidth = 66;

    // More do not fit on a line; the event log has all.
    private const int ShownMetrics = 2;

    private readonly IAnsiConsole _console;
    private readonly ProgressTask? _bar;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly long _begun;
    private long _drawn;
    private long _firstStep = -1;
    private long _samples;

    private RunView(IAnsiConsole console, ProgressTask? bar)
    {
        (_console, _bar) = (console, bar);
        _begun = _drawn = _time.GetTimestamp();
    }

    /// <summary>Runs <paramref name="run"/> with a view on it.</summary>
    public static RunResult Watch(Func<IRunObserver, RunResult> run)
    {
        IAnsiConsole console = Screen.Console;
        if (!Screen.IsLive)
            return run(new RunView(console, null));
        return console.Progress()
            .AutoClear(true)
            .HideCompleted(true)
            .Columns(new ProgressBarColumn { Width = Math.Clamp(console.Profile.Width - DescriptionWidth, 8, 24) }, new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
            .Start(context => run(new RunView(console, context.AddTask("preparing the data").IsIndeterminate())));
    }

    /// <summary>What is said when the run has ended.</summary>
    public static void Conclude(RunResult result)
    {
        IAnsiConsole console = Screen.Console;
        if (result.Status == RunStatus.Interrupted)
        {
            console.MarkupLineInterpolated($"[yellow]interrupted[/] at step {result.State?.Step ?? 0}; to go on:");
            Console.Out.WriteLine(ToGoOn(result));
            return;
        }
        if (result.CrossValidation is { } folds)
        {
            console.WriteLine();
            console.Write(new Spectre.Console.Text(folds.ToText()));
            return;
        }
        if (result.State is { History.Count: > 1 } state)
            LossChart.Write(console, state.History);
        if (result.State is { History.Count: 1 })
            console.WriteLine();
        if (result.HeldOut is { } report)
            ReportView.Write(console, report, result.Test is null ? "validation" : "test");
        console.MarkupLineInterpolated($"the model is in [green]{Path.GetRelativePath(Environment.CurrentDirectory, result.Model!)}[/]");
    }

    /// <summary>The command that goes on with a run that was interrupted.</summary>
    public static string ToGoOn(RunResult result) => $"sarsen train --resume {Path.GetRelativePath(Environment.CurrentDirectory, result.Folder)}";

    public void Overview(RunOverview overview)
    {
        ShapeTable.Write(_console, overview);
        if (_bar is not null)
        {
            _bar.IsIndeterminate(false);
            _bar.MaxValue = overview.StepsPerEpoch * overview.Epochs;
            _bar.Description = "starting";
        }
    }

    public void Resumed(TrainingState state) => _console.MarkupLineInterpolated($"going on from step {state.Step}, epoch {state.Epoch + 1}");

    public void Step(in StepReport report)
    {
        if (_firstStep < 0)
            _firstStep = report.Step - 1;
        _samples += report.Samples;
        if (_bar is null || _time.GetElapsedTime(_drawn) < RefreshEvery)
            return;
        _drawn = _time.GetTimestamp();
        double seconds = _time.GetElapsedTime(_begun).TotalSeconds;
        double left = seconds / (report.Step - _firstStep) * (report.TotalSteps - report.Step);
        _bar.MaxValue = report.TotalSteps;
        _bar.Value = report.Step;
        _bar.Description = string.Create(CultureInfo.InvariantCulture,
            $"epoch {report.Epoch}/{report.Epochs}  loss {report.Loss:0.0000}  {_samples / seconds:#,0} samples/s  {TimeSpan.FromSeconds(left):h\\:mm\\:ss} left");
    }

    public void Epoch(EpochRecord record, double seconds)
    {
        string line = string.Create(CultureInfo.InvariantCulture, $"epoch {record.Epoch,3}  loss {record.TrainLoss:0.0000}");
        if (record.ValidationLoss is { } loss)
            line += string.Create(CultureInfo.InvariantCulture, $"  validation loss {loss:0.0000}");
        string time = string.Create(CultureInfo.InvariantCulture, $"  {seconds:0.0} s");
        foreach (MetricResult metric in (record.Validation ?? []).Take(ShownMetrics))
        {
            string shown = $"  {metric.Name} {(metric.Value is { } value ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "undefined")}";
            if (line.Length + shown.Length + time.Length < _console.Profile.Width)
                line += shown;
        }
        WriteLine(line + time);
    }

    public void Checkpoint(TrainingState state, bool best)
    {
    }

    public void Warning(string message) => WriteLine($"warning: {message}", new Style(Color.Yellow));

    public void Evaluated(string part, EvaluationReport report)
    {
    }

    public void Text(int epoch, string prompt, string text)
    {
        foreach (string line in (prompt + text).Trim('\n').Split('\n'))
            WriteLine($"    {line}", new Style(decoration: Decoration.Dim));
    }

    public void Fold(FoldResult fold, int folds) => WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"fold {fold.Fold}/{folds}  {string.Join("  ", fold.Report.Metrics.Select(m => $"{m.Name} {m.Value:0.0000}"))}  {fold.Seconds:0.0} s"));

    // The bar stands on the line that is written now, and is not wiped where the text is shorter.
    private void WriteLine(string text, Style? style = null) =>
        _console.WriteLine(_bar is null ? text : text.PadRight(_console.Profile.Width), style ?? Style.Plain);
}
