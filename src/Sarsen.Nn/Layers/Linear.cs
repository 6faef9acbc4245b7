using Sarsen.Nn.Ops;
using Sarsen.Tensors;
using Sarsen.Tensors.Threads;

namespace Sarsen.Nn.Layers;

/// <summary>
/// y = x Wᵀ + b over the last dimension. x is (…, inFeatures), y is (…, outFeatures); <c>weight</c> is
/// (outFeatures, inFeatures), <c>bias</c> (outFeatures). Both start uniform in ±1/√inFeatures, as PyTorch's do.
/// </summary>
public sealed class Linear : Module
{
    private PackedWeight? _packed;

    /// <exception cref="ArgumentOutOfRangeException">A size is below one.</exception>
    public Linear(long inFeatures, long outFeatures, bool bias = true, DType type = DType.F32) : base(type)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(inFeatures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(outFeatures, 1);
        double bound = 1 / Math.Sqrt(inFeatures);
        Weight = AddParameter("weight", new Shape(outFeatures, inFeatures), new UniformInitializer(-bound, bound));
        if (bias)
            Bias = AddParameter("bias", new Shape(outFeatures), new UniformInitializer(-bound, bound));
    }

    public Parameter Weight { get; }

    public Parameter? Bias { get; }

    /// <summary>
    /// Keeps a copy of the weight in the order in which products read it: calls without a tape, of few rows above all, are
    /// faster, and have the same bits. Pack again after writing the weight's elements.
    /// </summary>
    /// <exception cref="NotSupportedException">The weight is not F32.</exception>
    public void PackWeight(Workers? workers = null)
    {
        if (Weight.Held is not null)
            return;
        if (DType != DType.F32)
            throw new NotSupportedException($"weights of F32 can be packed, this one is {DType}");
        _packed ??= new PackedWeight(Weight, Owner);
        _packed.Pack(workers ?? Workers.Shared);
    }

    protected override Tensor Forward(Tensor x) => x.Linear(Weight, Bias?.Value ?? default, _packed?.Copy ?? default); // (…, inFeatures) -> (…, outFeatures)
}
