using Sarsen.Models;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>
/// Random batches that are used in turn. A network that sees one batch again and again memorises it, its gradients
/// become denormal, and every later step is slow.
/// </summary>
internal sealed class Samples
{
    private readonly (Tensor Input, Tensor Target)[] _batches;
    private int _next;

    /// <param name="network">Whose inputs they are; the last dimension of its result counts the classes.</param>
    /// <param name="batch">Samples in a batch.</param>
    /// <param name="count">How many batches.</param>
    public Samples(Network network, int batch, int count)
    {
        var rng = new Rng(2, "bench");
        ReadOnlySpan<long> output = network.OutputShape.AsSpan();
        Shape input = network.InputShape(batch), target = new([batch, .. output[..^1]]);
        _batches = new (Tensor, Tensor)[count];
        for (int b = 0; b < count; b++)
            _batches[b] = (network.Definition.InputType == DType.I64 ? Classes(rng.AtStep(b), input, output[^1]) : Normal(rng.AtStep(b), input), Classes(rng.AtStep(b).Stream("class"), target, output[^1]));
    }

    public (Tensor Input, Tensor Target) Next()
    {
        (Tensor, Tensor) batch = _batches[_next];
        _next = (_next + 1) % _batches.Length;
        return batch;
    }

    private static Tensor Normal(Rng rng, in Shape shape)
    {
        var values = new float[shape.Count];
        for (long i = 0; i < values.Length; i++)
            values[i] = (float)rng.Normal(i);
        return Tensor.From(values, shape);
    }

    private static Tensor Classes(Rng rng, in Shape shape, long classes)
    {
        var values = new long[shape.Count];
        for (long i = 0; i < values.Length; i++)
            values[i] = rng.Below(i, classes);
        return Tensor.From(values, shape);
    }
}
