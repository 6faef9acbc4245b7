using System.Text.Json;
using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Bench;

/// <summary>A layer at a realistic size, with what a peer puts beside it.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Input">The shape of what goes in, batch included.</param>
/// <param name="Make">The layer.</param>
/// <param name="Torch">The same layer, an expression in Python over <c>bench/peers/layers.py</c>.</param>
internal sealed record LayerSubject(string Name, long[] Input, Func<Module> Make, string Torch)
{
    /// <summary>How many different ids the input may hold; null where it is numbers.</summary>
    public long? Ids { get; init; }

    /// <summary>What the peer needs to know, a line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(new { input = Input, ids = Ids, layer = Torch });

    /// <summary>Normal numbers that want a gradient, or ids.</summary>
    public Tensor Batch()
    {
        var shape = new Shape(Input);
        var rng = new Rng(2, "bench");
        if (Ids is { } limit)
        {
            var ids = Tensor.Empty(DType.I64, shape);
            Span<long> each = ids.AsSpan<long>();
            for (int i = 0; i < each.Length; i++)
                each[i] = rng.Below(i, limit);
            return ids;
        }
        return Normal(rng, shape).WithGrad();
    }

    public static Tensor Normal(Rng rng, in Shape shape)
    {
        var tensor = Tensor.Empty(DType.F32, shape);
        Span<float> values = tensor.AsSpan<float>();
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)rng.Normal(i);
        return tensor;
    }
}
