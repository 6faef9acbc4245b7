using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// The cross-entropy of the softmax of logits (…, C), softmax included: never give it probabilities. Targets are
/// classes (…) in I64, or probabilities (…, C). Formula: see <see cref="CrossEntropyOp"/>; PyTorch's CrossEntropyLoss,
/// with the classes in the last dimension.
/// </summary>
public sealed class CrossEntropyLoss : Loss
{
    private readonly Tensor _weights;

    /// <param name="classWeights">A weight for each class; null for ones. The mean then divides by the weights that took part.</param>
    /// <param name="ignoreIndex">Rows of this class count for nothing.</param>
    /// <param name="labelSmoothing">The part of each target that is spread over all classes, 0 to 1.</param>
    /// <param name="reduction">What becomes of the rows.</param>
    /// <param name="type">The type of the logits.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite, or the smoothing is not in 0 to 1.</exception>
    public CrossEntropyLoss(IReadOnlyList<double>? classWeights = null, long ignoreIndex = -100, double labelSmoothing = 0,
        LossReduction reduction = LossReduction.Mean, DType type = DType.F32) : base(reduction)
    {
        if (!(labelSmoothing is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(labelSmoothing), labelSmoothing, "label smoothing is from 0 to 1");
        _weights = Weights(classWeights, nameof(classWeights), type);
        IgnoreIndex = ignoreIndex;
        LabelSmoothing = labelSmoothing;
    }

    public override string Name => "cross_entropy";

    public long IgnoreIndex { get; }

    public double LabelSmoothing { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.CrossEntropy(target, _weights, Reduction, IgnoreIndex, LabelSmoothing);

    public override double Weight(Tensor target) => ClassWeight(target, _weights, IgnoreIndex);
}
