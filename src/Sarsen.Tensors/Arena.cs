using Sarsen.Tensors.Memory;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors;

/// <summary>
/// Memory for the tensors of steps and requests: a stack over reserved address space, so that pointers never move
/// and the second step finds the pages of the first. One thread computes in an arena at a time.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    /// <summary>64 GiB of address space; pages are taken as they are written.</summary>
    public const long DefaultReserve = 1L << 36;

    private const long Alignment = 64;

    private readonly ReservedMemory _memory;
    private readonly MemoryBudget? _budget;
    private readonly ArenaTable _table;
    private readonly ArenaHeap _heap = new();
    private readonly List<ScopeFrame> _frames = [];
    private int _depth;
    private long _ids;
    private long _top;
    private bool _heapOpen;
    private long _charged;
    private bool _disposed;

    /// <param name="workers">Who computes; the whole worker set when null.</param>
    /// <param name="budget">What the arena's growth is charged to before it happens; unlimited when null.</param>
    /// <param name="reserve">Address space in bytes: the most that one step may need.</param>
    public Arena(Workers? workers = null, MemoryBudget? budget = null, long reserve = DefaultReserve)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reserve, 1 << 12);
        Workers = workers ?? Workers.Shared;
        _budget = budget;
        _memory = new ReservedMemory(reserve);
        _table = new ArenaTable(this);
    }

    public Workers Workers { get; }

    /// <summary>The most bytes in use at once since <see cref="ResetPeak"/>, shape-only runs included.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Copies that kernels needed because an operand was not contiguous.</summary>
    public long StridedCopies { get; internal set; }

    internal Mode Mode => _depth > 0 ? _frames[_depth - 1].Mode : Mode.Inference;

    internal ArenaMark Mark => new(_top, _table.Count);

    public void ResetPeak() => PeakBytes = _top;

    /// <summary>Opens a scope on this thread. Scopes nest; the innermost takes what operations make.</summary>
    /// <param name="mode">What operations do.</param>
    /// <param name="tape">Records the operations for backward and for the graph; null for none.</param>
    /// <param name="rng">What dropout and the like draw from, at the step and at the batch's first global sample.</param>
    /// <param name="name">Named in the message when one of its tensors is used too late.</param>
    /// <param name="stop">Asked between operations.</param>
    public Scope Begin(Mode mode, ITape? tape = null, Rng rng = default, string name = "the end of its scope", CancellationToken stop = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (_depth > 0 && !_frames[_depth - 1].IsOnThisThread)
            throw new InvalidOperationException("this arena has an open scope on another thread: give each driver its own arena");
        if (_depth == _frames.Count)
            _frames.Add(new ScopeFrame(this));
        ScopeFrame frame = _frames[_depth++];
        frame.Open(++_ids, mode, tape, rng, name, stop, Mark);
        return new Scope(frame);
    }

    internal void End(ScopeFrame frame)
    {
        if (!frame.IsOnThisThread)
            throw new InvalidOperationException($"a scope ends on the thread where it began ({frame.Name})");
        if (ScopeFrame.Current != frame)
            throw new InvalidOperationException($"a scope ends before the ones inside it ({frame.Name})");
        _heapOpen = false;
        frame.Tape?.Clear();
        PopTo(frame.Mark, frame.Name);
        frame.Close();
        _depth--;
    }

    /// <summary>A new tensor on the stack, its elements unset.</summary>
    internal Tensor New(DType type, in Shape shape)
    {
        long bytes = BytesOf(type, shape);
        long offset = Push(bytes);
        Tensor tensor = _table.Push(type, shape, shape.Contiguous(), out int slot);
        ref TensorRecord record = ref _table.At(slot);
        record.Data = _memory.Pointer + offset;
        record.Offset = offset;
        record.Bytes = bytes;
        return tensor;
    }

    /// <summary>A handle of this scope to contiguous memory that something else keeps: it may be made while backward runs.</summary>
    internal Tensor Wrap(byte* data, DType type, in Shape shape)
    {
        Tensor tensor = _table.Push(type, shape, shape.Contiguous(), out int slot);
        _table.At(slot).Data = data;
        return tensor;
    }

    /// <summary>A second arena with the same workers, budget and reserve.</summary>
    internal Arena Beside() => new(Workers, _budget, _memory.Bytes);

    /// <summary>A view into <paramref name="of"/>, which may belong to any table.</summary>
    internal Tensor View(Tensor of, in Shape shape, in Shape strides, long offset)
    {
        TensorRecord source = of.Record;
        Tensor view = _table.Push(source.DType, shape, strides, out int slot);
        ref TensorRecord record = ref _table.At(slot);
        record.Base = source.Base;
        record.BaseSlot = source.BaseSlot;
        record.Data = source.Data + offset * source.DType.Size();
        return view;
    }

    /// <summary>Bytes for the time of one operation; give them back with <see cref="PopTo"/> or <see cref="ReturnHeap"/>.</summary>
    internal byte* Push(long bytes, out long offset)
    {
        offset = Push(bytes);
        return _memory.Pointer + offset;
    }

    private long Push(long bytes)
    {
        if (_heapOpen)
            throw new InvalidOperationException("operations cannot run inside Backward");
        bytes = RoundUp(bytes);
        long offset = _top;
        if (bytes > _memory.Bytes - offset)
            ThrowFull(bytes);
        _top = offset + bytes;
        Grow(_top);
        return offset;
    }

    internal void PopTo(ArenaMark mark, string by)
    {
        _table.PopTo(mark.Slots, by);
        if (_heapOpen)
            _heap.Return(mark.Top, _top - mark.Top);
        _top = mark.Top;
    }

    /// <summary>Releases all above <paramref name="mark"/> but <paramref name="result"/>, which moves down to it.</summary>
    internal Tensor PopToKeeping(ArenaMark mark, Tensor result)
    {
        if (result.Table != _table || result.Slot < mark.Slots)
        {
            PopTo(mark, "the end of its module's call");
            return result;
        }
        TensorRecord kept = _table.At(result.Slot);
        bool owns = kept.Base == _table && kept.BaseSlot >= mark.Slots;
        TensorRecord storage = owns ? _table.At(kept.BaseSlot) : default;
        PopTo(mark, "the end of its module's call");
        Tensor moved = _table.Push(kept.DType, kept.Shape, kept.Strides, out int slot);
        ref TensorRecord record = ref _table.At(slot);
        if (owns)
        {
            long offset = Push(storage.Bytes);
            byte* to = _memory.Pointer + offset;
            if (offset != storage.Offset && Mode != Mode.Shapes)
                Buffer.MemoryCopy(storage.Data, to, storage.Bytes, storage.Bytes);
            record.Data = to + (kept.Data - storage.Data);
            record.Offset = offset;
            record.Bytes = storage.Bytes;
        }
        else
        {
            record.Data = kept.Data;
            record.Base = kept.Base;
            record.BaseSlot = kept.BaseSlot;
        }
        return moved;
    }

    /// <summary>From here to <see cref="CloseHeap"/> memory comes from the free space above the shrinking stack.</summary>
    internal void OpenHeap()
    {
        _heap.Open(_top, _memory.Bytes);
        _heapOpen = true;
    }

    internal void CloseHeap() => _heapOpen = false;

    internal byte* TakeHeap(long bytes, out long offset)
    {
        bytes = RoundUp(bytes);
        offset = _heap.Take(bytes);
        if (offset < 0)
            ThrowFull(bytes);
        Grow(offset + bytes);
        return _memory.Pointer + offset;
    }

    internal void ReturnHeap(long offset, long bytes) => _heap.Return(offset, RoundUp(bytes));

    private void Grow(long top)
    {
        if (top > PeakBytes)
            PeakBytes = top;
        if (top <= _charged || Mode == Mode.Shapes)
            return;
        // Charged in steps of 2 MiB: that is what the system hands out, and it keeps the budget's lock cold.
        long charge = Math.Min((top + (1 << 21) - 1) & ~((1L << 21) - 1), _memory.Bytes);
        _budget?.Reserve(charge - _charged, "the arena of a step");
        _memory.Commit(charge);
        _charged = charge;
    }

    private static long BytesOf(DType type, in Shape shape)
    {
        if (shape.Count > long.MaxValue / 8)
            throw new ShapeException($"a tensor of shape {shape} is too large");
        return shape.Count * type.Size();
    }

    private static long RoundUp(long bytes) => (bytes + Alignment - 1) & ~(Alignment - 1);

    private void ThrowFull(long bytes) => throw new InsufficientMemoryException(
        $"the arena's {_memory.Bytes:N0} bytes of address space cannot hold {bytes:N0} more: " +
        "use a smaller batch, or give the arena a larger reserve");

    /// <summary>Gives the memory back. Tensors of its scopes must not be in use.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        if (_depth > 0)
            throw new InvalidOperationException("an arena with an open scope cannot be disposed");
        _disposed = true;
        _memory.Dispose();
        _budget?.Release(_charged);
    }
}
