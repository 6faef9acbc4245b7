using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = -w_t x_t of log-probabilities x (…, C) and classes t (…) in I64: for a model that ends in log-softmax; PyTorch's
/// NLLLoss, with the classes in the last dimension.
/// </summary>
public sealed class NllLoss : Loss
{
    private readonly Tensor _weights;

    /// <param name="classWeights">A weight for each class; null for ones. The mean then divides by the weights that took part.</param>
    /// <param name="ignoreIndex">Rows of this class count for nothing.</param>
    /// <param name="reduction">What becomes of the rows.</param>
    /// <param name="type">The type of the log-probabilities.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public NllLoss(IReadOnlyList<double>? classWeights = null, long ignoreIndex = -100, LossReduction reduction = LossReduction.Mean,
        DType type = DType.F32) : base(reduction)
    {
        _weights = Weights(classWeights, nameof(classWeights), type);
        IgnoreIndex = ignoreIndex;
    }

    public override string Name => "nll";

    public long IgnoreIndex { get; }

    public override Tensor Call(Tensor output, Tensor target) => output.NllLoss(target, _weights, Reduction, IgnoreIndex);

    public override double Weight(Tensor target) => ClassWeight(target, _weights, IgnoreIndex);
}
