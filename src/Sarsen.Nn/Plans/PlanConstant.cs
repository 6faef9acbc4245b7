using Sarsen.Tensors;
using Sarsen.Tensors.Memory;

namespace Sarsen.Nn.Plans;

/// <summary>
/// What a plan knows beforehand: a parameter, which lies where its module has it, or what was computed of such once.
/// Shared by all layouts of a plan; its memory lives as long as it is referred to.
/// </summary>
public sealed unsafe class PlanConstant
{
    // Keeps alive what Data points into: a buffer, or the handle of a tensor.
    private readonly object _memory;

    internal PlanConstant(long id, Tensor tensor, string? name)
    {
        ref TensorRecord record = ref tensor.Record;
        (Id, Name, DType, Shape, Strides) = (id, name, record.DType, record.Shape, record.Strides);
        Data = record.Data;
        _memory = tensor;
    }

    internal PlanConstant(long id, NativeBuffer buffer, DType type, in Shape shape)
    {
        (Id, DType, Shape, Strides) = (id, type, shape, shape.Contiguous());
        Data = buffer.Pointer;
        OwnBytes = buffer.Bytes;
        _memory = buffer;
    }

    internal PlanConstant(long id, PlanConstant of, in Shape shape, in Shape strides, long offset)
    {
        (Id, DType, Shape, Strides) = (id, of.DType, shape, strides);
        Data = of.Data + offset * of.DType.Size();
        _memory = of;
    }

    /// <summary>Unique within a plan.</summary>
    internal long Id { get; }

    /// <summary>The path of the parameter; null for what was computed.</summary>
    public string? Name { get; }

    public DType DType { get; }

    public Shape Shape { get; }

    /// <summary>In elements.</summary>
    public Shape Strides { get; }

    public byte* Data { get; }

    public float* F32 => (float*)Data;

    /// <summary>Bytes that the plan holds for it; 0 for what lies elsewhere.</summary>
    public long OwnBytes { get; }

    /// <summary>Bytes of the elements.</summary>
    public long Bytes => Shape.Count * DType.Size();
}
