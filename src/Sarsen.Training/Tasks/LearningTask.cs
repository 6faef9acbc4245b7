using Sarsen.Data.Batches;
using Sarsen.Models;
using Sarsen.Nn;
using Sarsen.Nn.Layers;
using Sarsen.Tensors;
using Sarsen.Training.Metrics;
using Sarsen.Training.Runs;

namespace Sarsen.Training.Tasks;

/// <summary>
/// What a network is to learn: what it must give, in which form the loss takes the targets, and how it is measured.
/// Which one it is follows from the loss and from the data's target.
/// </summary>
public abstract class LearningTask
{
    public abstract MetricTask Kind { get; }

    /// <summary>What makes predictions of the network's results.</summary>
    public abstract OutputFunction Output { get; }

    /// <summary>Values the network must give for one sample.</summary>
    public abstract int Outputs { get; }

    /// <summary>The shape of what it gives for one sample.</summary>
    public virtual Shape ResultShape => new(Outputs);

    /// <summary>Is the target of a sample its own input; else it is what the data holds as such.</summary>
    public virtual bool IsOfInput => false;

    /// <summary>What is measured when a spec names nothing.</summary>
    public virtual IReadOnlyList<Metric> UsualMetrics => MetricCatalogue.Usual(Kind);

    /// <summary>The names of the classes in their order; null where values are predicted.</summary>
    public virtual IReadOnlyList<string>? Classes => null;

    /// <summary>Samples that are measured at once at most, for the memory of their results.</summary>
    public virtual int MeasuredAtOnce => 256;

    /// <summary>Bytes of one sample's target, or of its input where that is the target.</summary>
    public abstract int TargetBytes { get; }

    /// <summary>The targets of a batch in the form that the loss takes; unset in a shape-only run.</summary>
    /// <param name="scope">Where the tensor lives.</param>
    /// <param name="stored">The targets, or the inputs, as the data holds them, one after the other.</param>
    /// <param name="rows">How many.</param>
    public abstract Tensor Target(Scope scope, ReadOnlySpan<byte> stored, int rows);

    /// <summary>The targets of some samples of a batch as the data holds them.</summary>
    /// <exception cref="RunException">They take more bytes than can be looked at at once.</exception>
    internal unsafe ReadOnlySpan<byte> Stored(Batch batch, int start, int rows)
    {
        long bytes = (long)rows * TargetBytes;
        if (bytes > int.MaxValue)
            throw new RunException($"{rows} samples of {TargetBytes} bytes are more than a batch may hold, {int.MaxValue} bytes: lower train.batch_size, or set train.grain");
        return new ReadOnlySpan<byte>((IsOfInput ? batch.Input : batch.Target) + ((long)start * TargetBytes), (int)bytes);
    }

    /// <summary>A measurement that has seen nothing.</summary>
    public abstract Measurement Measure(IReadOnlyList<Metric> metrics);

    /// <exception cref="NetworkException">The network gives something else.</exception>
    public void Check(Network network)
    {
        Shape output = network.OutputShape;
        if (output != ResultShape)
        {
            throw new NetworkException(network.Definition.Layers.Count - 1,
                $"the network gives {output} for a sample, but {Wanted} needs {ResultShape}: {Cure}" +
                (output.Rank > 1 && ResultShape.Rank == 1 ? ", behind flatten or a recurrent layer that gives its last step" : ""));
        }
        string? last = network.Body.Items.LastOrDefault() switch
        {
            Softmax => "softmax",
            LogSoftmax => "log_softmax",
            Activation { Function: ActivationFunction.Sigmoid } => "sigmoid",
            _ => null,
        };
        if (WhyNotBehind(last) is { } why)
            throw new NetworkException(network.Definition.Layers.Count - 1, why);
    }

    /// <summary>
    /// Why the loss cannot stand behind a network whose results come out of a function; null where it can. A last layer
    /// that is <see cref="Output"/> itself was taken from the network before, so it is not asked about.
    /// </summary>
    /// <param name="function">softmax, log_softmax or sigmoid; null for none of them.</param>
    private protected abstract string? WhyNotBehind(string? function);

    private protected abstract string Wanted { get; }

    private protected virtual string Cure => $"end it with linear: {Outputs}";
}
