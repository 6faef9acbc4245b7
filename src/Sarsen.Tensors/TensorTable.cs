using System.Runtime.CompilerServices;

namespace Sarsen.Tensors;

/// <summary>The records that tensor handles point into. One table belongs to an arena, an owner, or one GC tensor.</summary>
public abstract class TensorTable
{
    private TensorRecord[] _records;

    private protected TensorTable(int capacity) => _records = new TensorRecord[capacity];

    /// <summary>Slots in use: the table is a stack.</summary>
    internal int Count { get; private set; }

    /// <summary>The arena whose open scope computes with this tensor, or null.</summary>
    internal virtual Arena? Arena => null;

    /// <summary>The record behind a handle.</summary>
    /// <exception cref="StaleTensorException">The memory was given back.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref TensorRecord Resolve(int slot, int generation)
    {
        ref TensorRecord record = ref _records[slot];
        if (record.Generation != generation || !record.Live)
            ThrowStale(record, generation);
        return ref record;
    }

    internal ref TensorRecord At(int slot) => ref _records[slot];

    internal Tensor Push(DType type, in Shape shape, in Shape strides, out int slot)
    {
        if (Count == _records.Length)
            Array.Resize(ref _records, Count * 2);
        slot = Count++;
        ref TensorRecord record = ref _records[slot];
        int generation = record.Generation + 1;
        string? releasedBy = record.ReleasedBy;
        record = default;
        record.Generation = generation;
        // For handles of the tensor that was here before.
        record.ReleasedBy = releasedBy;
        record.Live = true;
        record.DType = type;
        record.Shape = shape;
        record.Strides = strides;
        record.Base = this;
        record.BaseSlot = slot;
        record.Node = -1;
        return new Tensor(this, slot, generation);
    }

    /// <summary>Makes a slot's handles stale, without giving the slot back.</summary>
    internal void Retire(int slot, string by)
    {
        ref TensorRecord record = ref _records[slot];
        if (!record.Live)
            return;
        record.Live = false;
        record.ReleasedBy = by;
        record.Grad = default;
        record.Base = null!;
    }

    /// <summary>Gives back every slot from <paramref name="count"/> on.</summary>
    internal void PopTo(int count, string by)
    {
        for (int slot = Count - 1; slot >= count; slot--)
            Retire(slot, by);
        Count = count;
    }

    private static void ThrowStale(in TensorRecord record, int generation)
    {
        bool isLast = generation == (record.Live ? record.Generation - 1 : record.Generation);
        throw new StaleTensorException(
            $"this tensor's memory was given back by {(isLast ? record.ReleasedBy : null) ?? "an earlier scope"}: " +
            "read it before, or copy it out with Keep(owner)");
    }
}
