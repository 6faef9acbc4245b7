using Sarsen.Nn;
using Sarsen.Nn.Optimizers;
using Sarsen.Tensors;

namespace Sarsen.Training.Trainers;

/// <summary>A copy in memory of a module's parameters and buffers: the best so far, where nothing is saved to a disk.</summary>
/// <param name="module">The module.</param>
/// <param name="average">The average of its weights; null for none.</param>
internal sealed class KeptWeights(Module module, ExponentialMovingAverage? average)
{
    private readonly TensorOwner _owner = new(nameof(KeptWeights));
    private (Tensor Value, Tensor Copy)[] _copies = [];

    public void Keep()
    {
        if (_copies.Length == 0)
            _copies = [.. module.State().Select(s => s.Value).Concat(average?.State().Select(s => s.Value) ?? []).Select(v => (v, _owner.New(v.DType, v.Shape)))];
        foreach ((Tensor value, Tensor copy) in _copies)
            value.Bytes.CopyTo(copy.Bytes);
    }

    /// <summary>Gives the module what was kept last; nothing when nothing was.</summary>
    public void Restore()
    {
        foreach ((Tensor value, Tensor copy) in _copies)
            copy.Bytes.CopyTo(value.Bytes);
    }
}
