namespace Sarsen.Tensors;

/// <summary>
/// Holds tensors that outlive a scope: a module's parameters, an optimizer's state. The memory is the GC's, pinned
/// and 64-byte aligned, so nothing needs to be disposed; <see cref="Release"/> makes the handles stale at once,
/// or when the last lease ends.
/// </summary>
/// <param name="name">Named in the message when a tensor is used after its release.</param>
public sealed class TensorOwner(string name)
{
    private readonly Lock _gate = new();
    private readonly PinnedTable _table = new(8);
    private int _leases;
    private bool _released;

    public string Name { get; } = name;

    /// <summary>Bytes of all tensors held.</summary>
    public long Bytes { get; private set; }

    /// <summary>A new tensor of zeros that belongs to this owner.</summary>
    /// <exception cref="StaleTensorException">The owner was released.</exception>
    public Tensor New(DType type, in Shape shape)
    {
        lock (_gate)
        {
            if (_released)
                throw new StaleTensorException($"{Name} was released: nothing more can be kept in it");
            Tensor tensor = _table.New(type, shape);
            Bytes += shape.Count * type.Size();
            return tensor;
        }
    }

    /// <summary>Keeps the memory until <see cref="Return"/>, even if the owner is released meanwhile.</summary>
    /// <exception cref="StaleTensorException">The owner was released.</exception>
    public void Lease()
    {
        lock (_gate)
        {
            if (_released)
                throw new StaleTensorException($"{Name} was released: it cannot be leased");
            _leases++;
        }
    }

    public void Return()
    {
        lock (_gate)
        {
            if (_leases == 0)
                throw new InvalidOperationException($"{Name} has no open lease to return");
            _leases--;
            if (_released && _leases == 0)
                Free();
        }
    }

    /// <summary>Gives all memory back, now or when the last lease is returned.</summary>
    public void Release()
    {
        lock (_gate)
        {
            if (_released)
                return;
            _released = true;
            if (_leases == 0)
                Free();
        }
    }

    private void Free()
    {
        _table.Free($"the release of {Name}");
        Bytes = 0;
    }
}
