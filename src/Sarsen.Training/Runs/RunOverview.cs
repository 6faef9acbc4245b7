using Sarsen.Data;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Training.Tasks;
using Sarsen.Training.Trainers;

namespace Sarsen.Training.Runs;

/// <summary>A layer in the shape table.</summary>
/// <param name="Path">Its name among the parameters.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Output">What comes out, with the batch as -1.</param>
/// <param name="Parameters">Its trained elements.</param>
public sealed record LayerRow(string Path, string Kind, IReadOnlyList<long> Output, long Parameters);

/// <summary>What is known before the first step.</summary>
public sealed record RunOverview
{
    public required string Name { get; init; }

    public required long TrainingSamples { get; init; }

    public required long ValidationSamples { get; init; }

    public required long TestSamples { get; init; }

    /// <summary>The shape of one sample.</summary>
    public required IReadOnlyList<long> Input { get; init; }

    public IReadOnlyList<string>? Classes { get; init; }

    public required IReadOnlyList<LayerRow> Layers { get; init; }

    public required long Parameters { get; init; }

    /// <summary>Bytes of weights, gradients, optimizer and the tensors of a step, at their most.</summary>
    public required long PeakBytes { get; init; }

    public required int Epochs { get; init; }

    public required long StepsPerEpoch { get; init; }

    internal static RunOverview Of(string name, PreparedData data, Network network, LearningTask task, ModuleSummary summary, Trainer trainer, int epochs)
    {
        List<LayerRow> rows = [.. summary.Rows.Select(r => new LayerRow(r.Path, r.Kind, [-1, .. r.Output.AsSpan()[1..]], r.Parameters))];
        long[] output = [-1, .. network.OutputShape.AsSpan()];
        if (network.Fused is { } fused)
            rows.Add(new LayerRow("", $"{fused.Kind} (fused with the loss, applied once)", output, 0));
        else if (network.Definition.Output != OutputFunction.None)
            rows.Add(new LayerRow("", $"{network.Definition.Output} (in the loss; at prediction)", output, 0));
        long weights = network.Body.State().Sum(s => s.Value.Count * sizeof(float));
        return new RunOverview
        {
            Name = name,
            TrainingSamples = data.Training.Count,
            ValidationSamples = data.Validation?.Count ?? 0,
            TestSamples = data.Test?.Count ?? 0,
            Input = [.. data.Pipeline.Input.Shape.AsSpan()],
            Classes = task.Classes,
            Layers = rows,
            Parameters = summary.ParameterCount,
            PeakBytes = weights + summary.ParameterCount * sizeof(float) + trainer.OptimizerBytes + summary.StepBytes,
            Epochs = epochs,
            StepsPerEpoch = trainer.StepsPerEpoch,
        };
    }
}
