using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>Gives each sample another shape of as many elements: (N, …) becomes (N, sizes).</summary>
/// <param name="sizes">The sizes of a sample, each one or more.</param>
public sealed class Unflatten(params IReadOnlyList<long> sizes) : Module
{
    private readonly Shape _sample = new([.. sizes]);

    protected override Tensor Forward(Tensor x)
    {
        Span<long> all = stackalloc long[_sample.Rank + 1];
        all[0] = x.Shape[0];
        _sample.AsSpan().CopyTo(all[1..]);
        return x.Reshape(all);
    }
}
