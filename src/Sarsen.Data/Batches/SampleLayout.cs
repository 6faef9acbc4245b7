using Sarsen.Tensors;

namespace Sarsen.Data.Batches;

/// <summary>What one sample's tensor is: the batch's tensor is this with the number of samples in front.</summary>
/// <param name="Type">F32 for values, I64 for token ids and class numbers.</param>
/// <param name="Shape">(features), (C, H, W), (T) or (T, features); () for a class number.</param>
public sealed record SampleLayout(DType Type, Shape Shape)
{
    /// <summary>Bytes of one sample.</summary>
    public long Bytes { get; } = checked(Shape.Count * Type.Size());

    /// <summary>The shape of <paramref name="count"/> samples.</summary>
    public Shape Batched(long count)
    {
        // A collection expression would allocate in every step.
        Span<long> sizes = stackalloc long[Shape.Rank + 1];
        sizes[0] = count;
        Shape.AsSpan().CopyTo(sizes[1..]);
        return new Shape(sizes);
    }
}
