using Sarsen.Nn.Ops;
using Sarsen.Tensors;

namespace Sarsen.Nn.Losses;

/// <summary>
/// ℓ = -(p t ln σ(x) + (1 - t) ln(1 - σ(x))), sigmoid included: never give it probabilities. Logits x and targets t in
/// [0, 1] have one shape; PyTorch's BCEWithLogitsLoss. It is computed as (1 - t) x + (1 + (p - 1) t) ln(1 + e⁻ˣ), which
/// neither overflows nor cancels.
/// </summary>
public sealed class BceWithLogitsLoss : Loss
{
    private readonly double _weight = 1;
    private readonly Tensor _weightsLessOne;

    /// <param name="posWeight">
    /// p, the weight of targets of one: one number for all, or one for each of the last dimension's outputs; null for 1.
    /// </param>
    /// <param name="reduction">What becomes of the elements.</param>
    /// <param name="type">The type of the logits.</param>
    /// <exception cref="ArgumentException">A weight is negative or not finite.</exception>
    public BceWithLogitsLoss(IReadOnlyList<double>? posWeight = null, LossReduction reduction = LossReduction.Mean, DType type = DType.F32)
        : base(reduction)
    {
        Tensor weights = Weights(posWeight, nameof(posWeight), type);
        if (posWeight is { Count: 1 })
            _weight = posWeight[0];
        else if (posWeight is not null)
            _weightsLessOne = weights - 1.0;
    }

    public override string Name => "bce_with_logits";

    public override Tensor Call(Tensor output, Tensor target)
    {
        if (_weightsLessOne.IsNone)
            return output.BceWithLogits(target, _weight, Reduction);
        if (output.Shape != target.Shape || output.Rank == 0 || output.Shape[-1] != _weightsLessOne.Count)
            throw new ShapeException($"{Name}: logits and targets of one shape (…, {_weightsLessOne.Count}) expected, one output a weight; given {output.Shape} and {target.Shape}");
        Tensor each = (1.0 - target) * output + (target * _weightsLessOne + 1.0) * (-output).Softplus(); // (…, C)
        return Reduction switch
        {
            LossReduction.Mean => each.Mean(),
            LossReduction.Sum => each.Sum(),
            _ => each,
        };
    }
}
