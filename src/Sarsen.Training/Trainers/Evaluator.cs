using Sarsen.Data.Batches;
using Sarsen.Models;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Ops;
using Sarsen.Nn.Plans;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Trainers;

/// <summary>Measures a network on a set of samples: its mean loss and its metrics.</summary>
/// <param name="network">What is measured.</param>
/// <param name="task">What it learns.</param>
/// <param name="loss">The loss it is trained by; null: not measured.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="workers">Who computes.</param>
public sealed unsafe class Evaluator(Network network, LearningTask task, Loss? loss, IReadOnlyList<Metric> metrics, Workers workers) : IDisposable
{
    private readonly Arena _arena = new(workers);
    private PlanRunner? _runner;

    /// <summary>
    /// What computes: a plan of the network's body, as deployments run it, with the weights it was made of; the network
    /// itself, with the weights it has then, when null.
    /// </summary>
    public Plan? Plan { get; init; }

    /// <summary>Samples that are computed at once. Metrics do not depend on it; the loss does by the rounding of each batch's mean.</summary>
    public int BatchSize { get; init; } = task.MeasuredAtOnce;

    /// <param name="samples">The set; random steps must be off.</param>
    /// <param name="stop">Asked between batches.</param>
    /// <exception cref="RunException">The network gives something that is not finite.</exception>
    /// <returns>The mean loss, NaN without a loss, and the metrics.</returns>
    public (double Loss, EvaluationReport Report) Run(SampleSet samples, CancellationToken stop = default)
    {
        using var reader = new BatchReader(samples, new BatchOptions { BatchSize = BatchSize }, stop);
        using Measurement measurement = task.Measure(metrics);
        double sum = 0, weights = 0;
        reader.Begin(0);
        while (reader.Next() is { } batch)
        {
            stop.ThrowIfCancellationRequested();
            using Scope scope = _arena.Begin(Mode.Inference, name: "its evaluation");
            Tensor result = Compute(scope, samples.Input.Type, batch);
            ReadOnlySpan<byte> stored = task.Stored(batch, 0, batch.Count);
            if (loss is not null)
            {
                Tensor target = task.Target(scope, stored, batch.Count);
                double weight = loss.Weight(target);
                if (weight > 0)
                    sum += weight * loss.Call(result, target).Item();
                weights += weight;
            }
            RequireFinite(result, batch);
            measurement.Add(result.AsSpan<float>(), stored);
        }
        return (loss is null ? double.NaN : sum / weights, measurement.Report());
    }

    private Tensor Compute(in Scope scope, DType type, Batch batch)
    {
        if (Plan is not null)
        {
            _runner ??= new PlanRunner(Plan, workers);
            _runner.Run(batch.InputShape, new ReadOnlySpan<byte>(batch.Input, checked((int)batch.InputBytes)));
            return scope.From(_runner.Output<float>(), _runner.OutputShape);
        }
        Tensor x = scope.Empty(type, batch.InputShape);
        Span<byte> bytes = x.Bytes;
        new ReadOnlySpan<byte>(batch.Input, bytes.Length).CopyTo(bytes);
        return network.Body.Call(x).Contiguous();
    }

    private static void RequireFinite(Tensor result, Batch batch)
    {
        ReadOnlySpan<float> values = result.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                throw new RunException($"the network gives {values[i]} for sample {batch.Position + i / (values.Length / batch.Count)}, which cannot be measured: lower train.optimizer's lr, clip the gradients (train.clipping), or look for extreme values in the data");
        }
    }

    public void Dispose()
    {
        _runner?.Dispose();
        _arena.Dispose();
    }
}
