using Sarsen.Tensors;

namespace Sarsen.Nn.Plans;

/// <summary>A tensor of a plan: a constant, a stretch of the runner's memory, or a view into either.</summary>
public sealed class PlanValue
{
    private PlanValue(DType type, in Shape shape, in Shape strides, PlanConstant? constant, PlanValue? storage, long offset)
    {
        (DType, Shape, Strides, Constant, Offset) = (type, shape, strides, constant, offset);
        Storage = storage ?? this;
    }

    public DType DType { get; }

    public Shape Shape { get; }

    /// <summary>In elements.</summary>
    public Shape Strides { get; }

    /// <summary>What it always is; null for what a run computes.</summary>
    public PlanConstant? Constant { get; }

    /// <summary>The value in whose memory it lies: itself, or what it is a view of.</summary>
    public PlanValue Storage { get; }

    /// <summary>Where it begins in there, in elements.</summary>
    public long Offset { get; }

    public bool IsContiguous => Tensor.IsContiguousAs(Shape, Strides);

    /// <summary>Bytes of its elements.</summary>
    public long Bytes => Shape.Count * DType.Size();

    internal static PlanValue New(DType type, in Shape shape) => new(type, shape, shape.Contiguous(), null, null, 0);

    internal static PlanValue Of(PlanConstant constant) => new(constant.DType, constant.Shape, constant.Strides, constant, null, 0);

    internal PlanValue View(in Shape shape, in Shape strides, long offset) => new(DType, shape, strides, null, Storage, Offset + offset);
}
