using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>
/// Rows of <c>weight</c> (count, size) by index: ids (…) in I64 become (…, size). Starts standard normal, as PyTorch's;
/// the row of <c>paddingIndex</c> starts at zero and gets no gradient.
/// </summary>
public sealed class Embedding : Module
{
    public Embedding(long count, long size, long? paddingIndex = null, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        if (paddingIndex is { } index && (index < 0 || index >= count))
            throw new ArgumentOutOfRangeException(nameof(paddingIndex), index, $"must be below the {count} rows");
        PaddingIndex = paddingIndex;
        Initializer normal = new NormalInitializer();
        Weight = AddParameter("weight", new Shape(count, size), paddingIndex is { } row ? new ZeroRowInitializer(normal, row) : normal);
    }

    public Parameter Weight { get; }

    public long? PaddingIndex { get; }

    protected override Tensor Forward(Tensor x) => x.Embedding(Weight, PaddingIndex); // (…) -> (…, size)
}
