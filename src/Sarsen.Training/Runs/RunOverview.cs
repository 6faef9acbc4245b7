using Sarsen.Data;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Training.Spec;
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

    internal static RunOverview Of(RunSpec spec, PreparedData data, TrainingParts parts, Trainer trainer)
    {
        (Network network, LearningTask task) = (parts.Network, parts.Task);
        long batch = Math.Min(spec.Train.StepSize, data.Training.Count), grain = Math.Min(spec.Train.GrainSize ?? batch, batch);
        ModuleSummary summary = parts.Summary(grain);
        List<LayerRow> rows = [.. summary.Rows.Select(r => new LayerRow(r.Path, r.Kind, [-1, .. r.Output.AsSpan()[1..]], r.Parameters))];
        long[] output = [-1, .. network.OutputShape.AsSpan()];
        if (network.Fused is { } fused)
            rows.Add(new LayerRow("", $"{fused.Kind} (fused with the loss, applied once)", output, 0));
        else if (network.Definition.Output != OutputFunction.None)
            rows.Add(new LayerRow("", $"{network.Definition.Output} (in the loss; at prediction)", output, 0));
        long weights = network.Body.State().Sum(s => s.Value.Count * sizeof(float)), gradients = summary.ParameterCount * sizeof(float);
        long tree = spec.Train.GrainSize is null ? 0 : GradientTree.BytesFor(gradients, (batch + grain - 1) / grain);
        return new RunOverview
        {
            Name = spec.Name,
            TrainingSamples = data.Training.Count,
            ValidationSamples = data.Validation?.Count ?? 0,
            TestSamples = data.Test?.Count ?? 0,
            Input = [.. data.Pipeline.Input.Shape.AsSpan()],
            Classes = task.Classes,
            Layers = rows,
            Parameters = summary.ParameterCount,
            PeakBytes = weights + gradients + tree + trainer.OptimizerBytes + trainer.AverageBytes + summary.StepBytes,
            Epochs = spec.Train.Epochs,
            StepsPerEpoch = trainer.StepsPerEpoch,
        };
    }
}
