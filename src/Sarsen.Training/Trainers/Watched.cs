using Sarsen.Training.Metrics;
using Sarsen.Training.Spec;

namespace Sarsen.Training.Trainers;

/// <summary>The value by which the best epoch is known: early stopping's, else the validation loss, else the training loss.</summary>
internal sealed record Watched(string Metric, Better Better, double MinDelta)
{
    public static Watched Of(TrainSpec spec, IReadOnlyList<Metric> metrics, bool validates)
    {
        string name = spec.EarlyStopping?.Metric ?? (validates ? "validation_loss" : "train_loss");
        return new Watched(name, BetterOf(name, metrics), spec.EarlyStopping?.MinDelta ?? 0);
    }

    /// <summary>Losses should fall; a metric says for itself.</summary>
    public static Better BetterOf(string watched, IReadOnlyList<Metric> metrics) =>
        metrics.FirstOrDefault(m => "validation_" + m.Name == watched)?.Better ?? Better.Less;
}
