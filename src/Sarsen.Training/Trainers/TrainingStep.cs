using Sarsen.Data.Batches;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Losses;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;
using Sarsen.Training.Tasks;

namespace Sarsen.Training.Trainers;

/// <summary>
/// The gradient of a batch: forward, loss and backward over its grains. A batch is one grain unless a size of grains
/// is given; then each grain's gradient is weighted by its part of the batch and they are summed by a fixed tree, so
/// the bits depend on the grains and not on which rank computed which. A steady step allocates nothing.
/// </summary>
public sealed unsafe class TrainingStep : IDisposable
{
    private readonly Network _network;
    private readonly LearningTask _task;
    private readonly Loss _loss;
    private readonly Workers _workers;
    private readonly int _grain;
    private readonly Arena _arena;
    private readonly Tape _tape = new();
    private readonly GradientTree? _tree;
    private readonly Rng _rng;
    private readonly Parameter[] _parameters;

    /// <param name="network">What is trained.</param>
    /// <param name="task">What it learns.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="seed">The run's: dropout and the like draw from it.</param>
    /// <param name="grain">Samples of a grain; null: the whole batch.</param>
    /// <param name="workers">Who computes.</param>
    public TrainingStep(Network network, LearningTask task, Loss loss, ulong seed, int? grain, Workers workers)
    {
        (_network, _task, _loss, _grain, _workers) = (network, task, loss, grain ?? int.MaxValue, workers);
        _arena = new Arena(workers);
        _tree = grain is null ? null : new GradientTree(network.Body);
        _rng = new Rng(seed, "step");
        _parameters = [.. network.Body.Parameters()];
    }

    /// <summary>The most bytes that a step's tensors took at once.</summary>
    public long PeakBytes => _arena.PeakBytes + _tape.RecomputeBytes;

    /// <summary>Bytes of the partial sums of grains.</summary>
    public long GradientTreeBytes => _tree?.Bytes ?? 0;

    /// <summary>Leaves the gradients of the batch's mean loss in the parameters.</summary>
    /// <param name="batch">The samples.</param>
    /// <param name="step">The step that is made, from 0.</param>
    /// <returns>The mean loss.</returns>
    /// <exception cref="NonFiniteLossException">The loss is not finite; the message names the layer where that began.</exception>
    public double Run(Batch batch, long step)
    {
        foreach (Parameter parameter in _parameters)
            parameter.Value.ZeroGrad();
        if (_tree is null)
            return RunGrain(batch, step, 0, batch.Count, 1);
        double total = Weight(batch, 0, batch.Count), sum = 0;
        if (total == 0)
            return 0;
        for (int start = 0; start < batch.Count; start += _grain)
        {
            int rows = Math.Min(_grain, batch.Count - start);
            double part = Weight(batch, start, rows) / total;
            sum += part * RunGrain(batch, step, start, rows, part);
            _tree.Add(_workers);
        }
        _tree.Finish(_workers);
        return sum;
    }

    private double RunGrain(Batch batch, long step, int start, int rows, double scale)
    {
        using Scope scope = _arena.Begin(Mode.Training, _tape, _rng.AtStep(step).AtSample(batch.Position + start), "its training step");
        Tensor x = scope.Empty(_network.Definition.InputType, batch.InputShape.With(0, rows));
        Span<byte> bytes = x.Bytes;
        new ReadOnlySpan<byte>(batch.Input + start * (batch.InputBytes / batch.Count), bytes.Length).CopyTo(bytes);
        Tensor result = _network.Body.Call(x), target = Target(scope, batch, start, rows);
        Tensor loss = _loss.Call(result, target);
        double value = loss.Item();
        if (!double.IsFinite(value))
        {
            // The mean of nothing, where all samples are of ignored classes: there is nothing to learn from them.
            return _loss.Weight(target) == 0 ? 0 : throw NotFinite(step, value);
        }
        _tape.Backward(loss, scale);
        return value;
    }

    private Tensor Target(Scope scope, Batch batch, int start, int rows) =>
        _task.Target(scope, _task.Stored(batch, start, rows), rows);

    private double Weight(Batch batch, int start, int rows)
    {
        using Scope scope = _arena.Begin(Mode.Inference);
        return _loss.Weight(Target(scope, batch, start, rows));
    }

    private NonFiniteLossException NotFinite(long step, double value)
    {
        string place, cause;
        if (_network.Body.FindNonFinite() is { } name)
        {
            (place, cause) = (name, $"its weights '{name}' are no longer finite: the step before it was too large");
        }
        else if (_tape.FindNonFinite() is { } found)
        {
            string module = found.Module.Length == 0 ? "the loss" : $"layer '{found.Module}' ({KindOf(found.Module)})";
            (place, cause) = (found.Module.Length == 0 ? "loss" : found.Module, $"it began in {module}, operation {found.Op}");
        }
        else
        {
            (place, cause) = ("loss", "it began in the loss");
        }
        return new NonFiniteLossException(step + 1, place, $"the loss of step {step + 1} is {value}; {cause}");
    }

    private string KindOf(string path) => _network.Body.Modules().FirstOrDefault(m => m.Path == path)?.Kind ?? "";

    public void Dispose()
    {
        _arena.Dispose();
        _tape.Dispose();
    }
}
