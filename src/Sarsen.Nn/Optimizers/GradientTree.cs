using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Optimizers;

/// <summary>
/// Sums the gradients of a batch's grains by a binary tree over their numbers: (g₀ + g₁) + (g₂ + g₃) and so on, so
/// the bits depend on the grains alone and not on who computed which. It holds one partial sum for each level of the
/// tree that is in use: ⌊log₂ grains⌋ + 1 copies of the gradients.
/// </summary>
/// <param name="module">Whose parameters' gradients are summed.</param>
public sealed unsafe class GradientTree(Module module)
{
    private readonly TensorOwner _owner = new(nameof(GradientTree));
    private readonly Parameter[] _parameters = [.. module.Parameters().Where(p => p.RequiresGrad)];
    private readonly List<Tensor[]> _levels = [];
    private readonly List<bool[]> _filled = [];
    private long _grains;

    /// <summary>Bytes of the partial sums that were needed so far.</summary>
    public long Bytes => _owner.Bytes;

    /// <summary>Bytes of the partial sums of so many grains of gradients.</summary>
    public static long BytesFor(long gradientBytes, long grains) => checked(gradientBytes * (BitOperations.Log2((ulong)grains) + 1));

    /// <summary>Takes the gradients that the parameters hold as those of the next grain, and clears them.</summary>
    public void Add(Workers workers)
    {
        int level = 0;
        for (; (_grains >> level & 1) != 0; level++)
            AddLevel(workers, level);
        Store(level);
        _grains++;
    }

    /// <summary>Leaves the sum of all grains in the parameters' gradients and begins anew.</summary>
    public void Finish(Workers workers)
    {
        for (int level = 0; _grains >> level != 0; level++)
        {
            if ((_grains >> level & 1) != 0)
                AddLevel(workers, level);
        }
        _grains = 0;
    }

    // grad = partial + grad: the earlier grains stand on the left.
    private void AddLevel(Workers workers, int level)
    {
        for (int i = 0; i < _parameters.Length; i++)
        {
            if (!_filled[level][i])
                continue;
            _filled[level][i] = false;
            Tensor partial = _levels[level][i], value = _parameters[i].Value;
            if (value.Grad.IsNone)
                partial.Bytes.CopyTo(value.TakeGrad().Bytes);
            else
                Accumulate.Run(workers, value.DType, value.Grad.Record.Data, partial.Record.Data, value.Count);
        }
    }

    private void Store(int level)
    {
        if (level == _levels.Count)
        {
            _levels.Add([.. _parameters.Select(p => _owner.New(p.Value.DType, p.Value.Shape))]);
            _filled.Add(new bool[_parameters.Length]);
        }
        for (int i = 0; i < _parameters.Length; i++)
        {
            Tensor value = _parameters[i].Value;
            if (value.Grad.IsNone)
                continue;
            value.Grad.Bytes.CopyTo(_levels[level][i].Bytes);
            _filled[level][i] = true;
            value.ZeroGrad();
        }
    }
}
