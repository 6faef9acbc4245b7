using Sarsen.Tensors;

namespace Sarsen.Data.Preprocessing.Arrays;

/// <summary>
/// What a step does to one array, such as a picture: from bytes to bytes, without allocating, so that it can run for
/// each sample of each batch. Immutable; safe for any number of threads.
/// </summary>
internal abstract class ArrayOperation(Shape inputShape, DType inputType, Shape outputShape, DType outputType)
{
    public Shape InputShape { get; } = inputShape;

    public DType InputType { get; } = inputType;

    public Shape OutputShape { get; } = outputShape;

    public DType OutputType { get; } = outputType;

    public int InputBytes { get; } = checked((int)(inputShape.Count * inputType.Size()));

    public int OutputBytes { get; } = checked((int)(outputShape.Count * outputType.Size()));

    /// <summary>Whether it draws from a generator at training.</summary>
    public virtual bool IsRandom => false;

    /// <summary>Whether it is cheap enough to be done anew whenever a sample is read, where that keeps the stored samples small.</summary>
    public virtual bool IsLight => IsRandom;

    /// <param name="from">One array, InputBytes bytes.</param>
    /// <param name="to">OutputBytes bytes.</param>
    /// <param name="rng">At training: the stream of this operation, epoch and sample; null: what prediction does.</param>
    public abstract void Run(ReadOnlySpan<byte> from, Span<byte> to, Rng? rng);
}
