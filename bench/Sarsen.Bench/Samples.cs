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

    /// <param name="subject">Whose inputs they are.</param>
    /// <param name="network">Built from it; the last dimension of its result counts the classes.</param>
    /// <param name="batch">Samples in a batch.</param>
    /// <param name="count">How many batches.</param>
    public Samples(Subject subject, Network network, int batch, int count)
    {
        var rng = new Rng(2, "bench");
        ReadOnlySpan<long> output = network.OutputShape.AsSpan();
        Shape input = network.InputShape(batch), target = new([batch, .. output[..^1]]);
        _batches = new (Tensor, Tensor)[count];
        for (int b = 0; b < count; b++)
        {
            Tensor x = subject.Ids is { } ids ? Below(ids, rng.AtStep(b), input) : Normal(rng.AtStep(b), input);
            _batches[b] = (x, Below(output[^1], rng.AtStep(b).Stream("class"), target));
        }
    }

    public (Tensor Input, Tensor Target) Next()
    {
        (Tensor, Tensor) batch = _batches[_next];
        _next = (_next + 1) % _batches.Length;
        return batch;
    }

    private static Tensor Normal(Rng rng, in Shape shape)
    {
        var tensor = Tensor.Empty(DType.F32, shape);
        Span<float> values = tensor.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)rng.Normal(i);
        return tensor;
    }

    private static Tensor Below(long limit, Rng rng, in Shape shape)
    {
        var tensor = Tensor.Empty(DType.I64, shape);
        Span<long> values = tensor.AsSpan<long>();
        for (int i = 0; i < values.Length; i++)
            values[i] = rng.Below(i, limit);
        return tensor;
    }
}
