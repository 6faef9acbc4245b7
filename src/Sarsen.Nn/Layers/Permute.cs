using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// The dimensions of a sample in another order: dimension k of the result is dimension order[k] of x, the batch, 0, staying
/// first.
/// </summary>
/// <param name="order">Each of 1, 2, … once.</param>
public sealed class Permute(params IReadOnlyList<int> order) : Module
{
    private readonly int[] _all = [0, .. order];

    protected override Tensor Forward(Tensor x) => x.Permute(_all).Contiguous();
}
