using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Layers;

/// <summary>y = x + <c>weight</c>[position]: (B, T, C) stays so; <c>weight</c> is (maxLength, C), standard normal at first as PyTorch's Embedding.</summary>
public sealed class LearnedPositionEmbedding : Module
{
    public LearnedPositionEmbedding(long maxLength, long size, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Weight = AddParameter("weight", new Shape(maxLength, size), new NormalInitializer());
    }

    public Parameter Weight { get; }

    /// <exception cref="ShapeException">The sequences are longer than the table.</exception>
    protected override Tensor Forward(Tensor x) => x + PositionTable.Rows(this, Weight, x.Shape);
}
