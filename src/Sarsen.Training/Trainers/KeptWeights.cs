using Sarsen.Nn;
using Sarsen.Tensors;

namespace Sarsen.Training.Trainers;

/// <summary>A copy in memory of a module's parameters and buffers: the best so far, where nothing is saved to a disk.</summary>
/// <param name="module">The module.</param>
internal sealed class KeptWeights(Module module)
{
    private readonly TensorOwner _owner = new(nameof(KeptWeights));
    private (Tensor Value, Tensor Copy)[] _copies = [];

    public void Keep()
    {
        if (_copies.Length == 0)
            _copies = [.. module.State().Select(s => (s.Value, _owner.New(s.Value.DType, s.Value.Shape)))];
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
