using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Tests.Runs;

/// <summary>Looks on at a run, remembers what it saw, and does something after each step.</summary>
internal sealed class Onlooker(Action<StepReport>? afterStep = null, Action<FoldResult>? afterFold = null) : IRunObserver
{
    public RunOverview? Seen { get; private set; }

    public List<(long Step, bool Best)> Checkpoints { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<string> Texts { get; } = [];

    public List<double> Rates { get; } = [];

    public void Step(in StepReport report)
    {
        Rates.Add(report.LearningRate);
        afterStep?.Invoke(report);
    }

    public void Checkpoint(TrainingState state, bool best) => Checkpoints.Add((state.Step, best));

    public void Overview(RunOverview overview) => Seen = overview;

    public void Warning(string message) => Warnings.Add(message);

    public void Epoch(EpochRecord record, double seconds)
    {
    }

    public void Resumed(TrainingState state)
    {
    }

    public void Evaluated(string part, EvaluationReport report)
    {
    }

    public void Text(int epoch, string prompt, string text) => Texts.Add(text);

    public void Fold(FoldResult fold, int folds) => afterFold?.Invoke(fold);
}
