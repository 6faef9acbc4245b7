using Sarsen.Data;
using Sarsen.Data.Sources;
using Sarsen.Formats;
using Sarsen.Models;
using Sarsen.Training.Metrics;

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
        using var samples = ModelSamples.OfPart(folder, part, stop);
        return samples.Measure(ModelFolder.Load(folder), stop);
    }

    /// <summary>On other labelled rows.</summary>
    /// <inheritdoc cref="OfPart"/>
    public static EvaluationReport OfData(string folder, DataSource source, CancellationToken stop = default)
    {
        using var samples = ModelSamples.OfData(folder, source, stop);
        return samples.Measure(ModelFolder.Load(folder), stop);
    }
}
