using Sarsen.Training.Metrics;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>Who looks on at a run from data to model.</summary>
public interface IRunObserver : ITrainingObserver
{
    /// <summary>Data and network are ready, training begins.</summary>
    void Overview(RunOverview overview);

    /// <summary>Training goes on from a checkpoint.</summary>
    void Resumed(TrainingState state);

    /// <summary>Something that is not an error and should be known: rows that were left out, a damaged checkpoint.</summary>
    void Warning(string message);

    /// <summary>The finished model was measured.</summary>
    /// <param name="part">validation or test.</param>
    /// <param name="report">What was found.</param>
    void Evaluated(string part, EvaluationReport report);

    /// <summary>A language model wrote a text at the end of an epoch.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="prompt">What it continued.</param>
    /// <param name="text">What it wrote behind it.</param>
    void Text(int epoch, string prompt, string text);

    /// <summary>A fold of a cross-validation ended.</summary>
    void Fold(FoldResult fold, int folds);
}
