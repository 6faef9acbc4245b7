using Sarsen.Tensors;
using Sarsen.Tensors.Memory;

namespace Sarsen.Nn.Plans;

/// <summary>
/// What a plan knows beforehand: a parameter, which lies where its module has it, or what was computed of such once.
/// Shared by all layouts of a plan; its memory lives as long as it is referred to.
/// </summary>
public sealed unsafe class PlanConstant
{
    // What Data points into: the handle of a tensor, another constant, or a buffer that is filled when it is first asked for.
    private readonly object _memory;
    private readonly byte* _data;
    private readonly long _offset;

    internal PlanConstant(long id, Tensor tensor, string? name)
    {
        ref TensorRecord record = ref tensor.Record;
        (Id, Name, DType, Shape, Strides) = (id, name, record.DType, record.Shape, record.Strides);
        _data = record.Data;
        _memory = tensor;
        Parameters = name is null ? [] : [name];
    }

    internal PlanConstant(long id, Func<NativeBuffer> compute, DType type, in Shape shape, IEnumerable<PlanConstant> of)
    {
        (Id, DType, Shape, Strides) = (id, type, shape, shape.Contiguous());
        _memory = new Lazy<NativeBuffer>(compute);
        Parameters = [.. of.SelectMany(c => c.Parameters).Distinct()];
    }

    internal PlanConstant(long id, PlanConstant of, in Shape shape, in Shape strides, long offset)
    {
        (Id, DType, Shape, Strides) = (id, of.DType, shape, strides);
        _memory = of;
        _offset = offset;
        Parameters = of.Parameters;
    }

    /// <summary>Unique within a plan.</summary>
    internal long Id { get; }

    /// <summary>The path of the parameter; null for what was computed.</summary>
    public string? Name { get; }

    public DType DType { get; }

    public Shape Shape { get; }

    /// <summary>In elements.</summary>
    public Shape Strides { get; }

    /// <summary>The first element. What is computed, is when this is first asked for.</summary>
    public byte* Data => _memory switch
    {
        Lazy<NativeBuffer> buffer => buffer.Value.Pointer,
        PlanConstant of => of.Data + _offset * DType.Size(),
        _ => _data,
    };

    public float* F32 => (float*)Data;

    /// <summary>The paths of the parameters and buffers that its elements come from.</summary>
    public IReadOnlyList<string> Parameters { get; }

    /// <summary>Bytes of the elements.</summary>
    public long Bytes => Shape.Count * DType.Size();
}
