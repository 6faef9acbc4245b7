using System.Runtime.CompilerServices;
using System.Text;
using Sarsen.Tensors.Threads;

namespace Sarsen.Tensors;

/// <summary>
/// A handle to an n-dimensional array: a small value that names a slot of a table. The memory belongs to the scope
/// in which the tensor was made, to an owner, or, outside any scope, to the GC. A handle whose memory was given
/// back throws <see cref="StaleTensorException"/> when it is used.
/// </summary>
public readonly unsafe struct Tensor : IEquatable<Tensor>
{
    private readonly TensorTable? _table;
    private readonly int _slot;
    private readonly int _generation;

    internal Tensor(TensorTable table, int slot, int generation)
    {
        _table = table;
        _slot = slot;
        _generation = generation;
    }

    /// <summary>Is this the default value, which names no tensor.</summary>
    public bool IsNone => _table is null;

    public DType DType => Record.DType;

    public Device Device
    {
        get
        {
            _ = Record;
            return Device.Cpu;
        }
    }

    public Shape Shape => Record.Shape;

    public int Rank => Record.Shape.Rank;

    /// <summary>The number of elements.</summary>
    public long Count => Record.Shape.Count;

    /// <summary>The step of dimension <paramref name="dim"/>, in elements.</summary>
    public long Stride(int dim)
    {
        ref TensorRecord record = ref Record;
        return record.Strides[record.Shape.Dim(dim)];
    }

    /// <summary>Do the elements lie row-major without gaps.</summary>
    public bool IsContiguous
    {
        get
        {
            ref TensorRecord record = ref Record;
            return IsContiguousAs(record.Shape, record.Strides);
        }
    }

    /// <summary>
    /// Does backward compute a gradient for this tensor. Set it on leaves: parameters have it, results inherit it.
    /// </summary>
    /// <exception cref="NotSupportedException">Only floating-point tensors have gradients.</exception>
    public bool RequiresGrad => Record.RequiresGrad;

    /// <summary>Marks this leaf as one that backward computes a gradient for, and returns it.</summary>
    /// <exception cref="NotSupportedException">The type is not F32 or F64.</exception>
    /// <exception cref="InvalidOperationException">An operation made this tensor.</exception>
    public Tensor WithGrad(bool on = true)
    {
        ref TensorRecord record = ref Record;
        if (record.DType is not (DType.F32 or DType.F64))
            throw new NotSupportedException($"gradients are computed in F32 or F64; this tensor is {record.DType}");
        if (record.Node >= 0)
            throw new InvalidOperationException("WithGrad is for leaves; this tensor is the result of an operation");
        record.RequiresGrad = on;
        return this;
    }

    /// <summary>The gradient that backward left on this leaf; none before backward has reached it.</summary>
    public Tensor Grad
    {
        get
        {
            ref TensorRecord record = ref Record;
            return record.GradSet ? record.Grad : default;
        }
    }

    /// <summary>Forgets the gradient of this leaf: the next backward writes it anew instead of adding to it.</summary>
    public void ZeroGrad() => Record.GradSet = false;

    /// <summary>The gradient of this leaf, to be written whole: what it held does not count.</summary>
    internal Tensor TakeGrad()
    {
        ref TensorRecord record = ref Record;
        if (record.Grad.IsNone)
            record.Grad = Empty(record.DType, record.Shape);
        record.GradSet = true;
        return record.Grad;
    }

    /// <summary>The elements, for a contiguous tensor of <typeparamref name="T"/>.</summary>
    /// <exception cref="InvalidOperationException">Another element type, not contiguous, or more than 2^31 - 1 elements.</exception>
    public Span<T> AsSpan<T>() where T : unmanaged
    {
        ref TensorRecord record = ref Record;
        if (record.DType != DTypes.Of<T>())
            throw new InvalidOperationException($"the tensor holds {record.DType}, not {DTypes.Of<T>()}");
        return new Span<T>(ContiguousData(record), checked((int)record.Shape.Count));
    }

    /// <summary>The bytes of a contiguous tensor.</summary>
    public Span<byte> Bytes
    {
        get
        {
            ref TensorRecord record = ref Record;
            return new Span<byte>(ContiguousData(record), checked((int)(record.Shape.Count * record.DType.Size())));
        }
    }

    /// <summary>
    /// The bytes <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="count"/> of a contiguous tensor:
    /// how tensors beyond 2 GiB are read and written.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The stretch leaves the tensor.</exception>
    public Span<byte> BytesAt(long offset, int count)
    {
        ref TensorRecord record = ref Record;
        long bytes = record.Shape.Count * record.DType.Size();
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, bytes - count);
        return new Span<byte>(ContiguousData(record) + offset, count);
    }

    /// <summary>A copy of the elements, row-major, whatever the strides.</summary>
    public T[] ToArray<T>() where T : unmanaged
    {
        ref TensorRecord record = ref Record;
        if (record.DType != DTypes.Of<T>())
            throw new InvalidOperationException($"the tensor holds {record.DType}, not {DTypes.Of<T>()}");
        var array = new T[record.Shape.Count];
        fixed (T* to = array)
            Strided.Copy(Workers.Serial, record.Data, record.Shape, record.Strides, sizeof(T), (byte*)to);
        return array;
    }

    /// <summary>The only element, as a double.</summary>
    /// <exception cref="ShapeException">There is not exactly one element.</exception>
    public double Item()
    {
        ref TensorRecord record = ref Record;
        if (record.Shape.Count != 1)
            throw new ShapeException($"Item: one element expected, the tensor has the shape {record.Shape}");
        return record.DType switch
        {
            DType.F32 => *(float*)record.Data,
            DType.F64 => *(double*)record.Data,
            DType.F16 => (double)*(Half*)record.Data,
            DType.BF16 => BitConverter.Int32BitsToSingle(*(ushort*)record.Data << 16),
            DType.I8 => *(sbyte*)record.Data,
            DType.I16 => *(short*)record.Data,
            DType.I32 => *(int*)record.Data,
            DType.I64 => *(long*)record.Data,
            DType.U8 or DType.Bool => *record.Data,
            DType.U16 => *(ushort*)record.Data,
            DType.U32 => *(uint*)record.Data,
            _ => *(ulong*)record.Data,
        };
    }

    /// <summary>A contiguous copy that belongs to <paramref name="owner"/> and outlives the scope.</summary>
    public Tensor Keep(TensorOwner owner)
    {
        ref TensorRecord record = ref Record;
        Tensor kept = owner.New(record.DType, record.Shape);
        Strided.Copy(Workers.Serial, record.Data, record.Shape, record.Strides, record.DType.Size(), kept.Record.Data);
        return kept;
    }

    /// <summary>A contiguous copy that belongs to the GC.</summary>
    public Tensor ToGc()
    {
        ref TensorRecord record = ref Record;
        Tensor copy = Empty(record.DType, record.Shape);
        Strided.Copy(Workers.Serial, record.Data, record.Shape, record.Strides, record.DType.Size(), copy.Record.Data);
        return copy;
    }

    /// <summary>A tensor of the GC, its elements zero.</summary>
    public static Tensor Empty(DType type, in Shape shape) => new PinnedTable(1).New(type, shape);

    /// <summary>A tensor of the GC with a copy of <paramref name="values"/>, row-major.</summary>
    /// <exception cref="ShapeException">The number of values is not the shape's.</exception>
    public static Tensor From<T>(ReadOnlySpan<T> values, in Shape shape) where T : unmanaged
    {
        if (values.Length != shape.Count)
            throw new ShapeException($"From: {values.Length} values given for the shape {shape}, which has {shape.Count}");
        Tensor tensor = Empty(DTypes.Of<T>(), shape);
        values.CopyTo(tensor.AsSpan<T>());
        return tensor;
    }

    public static Tensor From<T>(T[] values, in Shape shape) where T : unmanaged => From<T>(values.AsSpan(), shape);

    /// <summary>Counts a write in place, so that backward through what a tape saved before it is refused.</summary>
    internal void MarkWritten()
    {
        ref TensorRecord record = ref Record;
        record.Base.At(record.BaseSlot).Version++;
    }

    internal TensorTable Table => _table ?? throw None();

    internal int Slot => _slot;

    internal ref TensorRecord Record
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if (_table is null)
                throw None();
            return ref _table.Resolve(_slot, _generation);
        }
    }

    internal static bool IsContiguousAs(in Shape shape, in Shape strides)
    {
        long step = 1;
        for (int i = shape.Rank - 1; i >= 0; i--)
        {
            if (shape[i] != 1 && strides[i] != step)
                return shape.Count == 0;
            step *= shape[i];
        }
        return true;
    }

    private static byte* ContiguousData(in TensorRecord record) =>
        IsContiguousAs(record.Shape, record.Strides)
            ? record.Data
            : throw new InvalidOperationException($"the tensor of shape {record.Shape} is a strided view: call Contiguous() first, or ToArray()");

    private static InvalidOperationException None() => new("this is the default Tensor, which names no tensor");

    public bool Equals(Tensor other) => _table == other._table && _slot == other._slot && _generation == other._generation;

    public override bool Equals(object? obj) => obj is Tensor other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_table, _slot, _generation);

    public static bool operator ==(Tensor left, Tensor right) => left.Equals(right);

    public static bool operator !=(Tensor left, Tensor right) => !left.Equals(right);

    /// <summary>Type, shape and the first elements.</summary>
    public override string ToString()
    {
        if (_table is null)
            return "no tensor";
        ref TensorRecord record = ref Record;
        var text = new StringBuilder($"{record.DType} {record.Shape}");
        if (record.DType is DType.F32 && IsContiguousAs(record.Shape, record.Strides))
            text.Append(" [").AppendJoin(", ", AsSpan<float>()[..(int)Math.Min(8, Count)].ToArray()).Append(Count > 8 ? ", …]" : "]");
        return text.ToString();
    }
}
