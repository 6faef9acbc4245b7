using System.Globalization;
using Sarsen.Nn.Autograd;
using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// The results of several modules that are given the same x, one after the other along a dimension: that of the channels
/// by default. They are named 0, 1, 2, …
/// </summary>
public sealed class Concat : Module
{
    private readonly Module[] _branches;
    private readonly int _dim;

    /// <param name="branches">1 to 16 modules.</param>
    /// <param name="dim">The dimension, with the batch as 0.</param>
    /// <exception cref="ArgumentException">There are none, or too many.</exception>
    public Concat(IReadOnlyList<Module> branches, int dim = 1)
    {
        if (branches.Count is 0 or > Dispatch.MaxInputs)
            throw new ArgumentException($"Concat: 1 to {Dispatch.MaxInputs} branches expected, {branches.Count} given", nameof(branches));
        _branches = [.. branches.Select((branch, i) => AddChild(i.ToString(CultureInfo.InvariantCulture), branch))];
        _dim = dim;
    }

    protected override Tensor Forward(Tensor x)
    {
        TensorList results = default;
        for (int i = 0; i < _branches.Length; i++)
            results[i] = _branches[i].Call(x);
        return Tensor.Concat(_dim, ((ReadOnlySpan<Tensor>)results)[.._branches.Length]);
    }
}
