using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The losses of single elements, one line each; their kernels say formula and source.</summary>
internal static class ElementLosses
{
    public static readonly ElementLossOp<AbsoluteError> L1 = new("l1_loss");
    public static readonly ElementLossOp<BinaryCrossEntropy> BceWithLogits = new("bce_with_logits", SampleValues.Bits, new BinaryCrossEntropy(1.5));
    public static readonly ElementLossOp<HuberError> Huber = new("huber_loss", sample: new HuberError(0.7));
    public static readonly ElementLossOp<SquaredError> Mse = new("mse_loss");

    public static IEnumerable<Op> All => [L1, BceWithLogits, Huber, Mse];
}

public static class ElementLossExtensions
{
    extension(Tensor prediction)
    {
        /// <summary>(x - t)², times <paramref name="factor"/>: 1/2 gives 1/2m Σ (y - y')².</summary>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor MseLoss(Tensor target, LossReduction reduction = LossReduction.Mean, double factor = 1) =>
            ElementLosses.Mse.Run(prediction, target, default, reduction, factor);

        /// <summary>|x - t|.</summary>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor L1Loss(Tensor target, LossReduction reduction = LossReduction.Mean) =>
            ElementLosses.L1.Run(prediction, target, default, reduction);

        /// <summary>(x - t)² / 2 up to an error of <paramref name="delta"/>, beyond it delta (|x - t| - delta / 2).</summary>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor HuberLoss(Tensor target, double delta = 1, LossReduction reduction = LossReduction.Mean)
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(delta);
            return ElementLosses.Huber.Run(prediction, target, new HuberError(delta), reduction);
        }

        /// <summary>The cross-entropy of a sigmoid with targets in [0, 1]: give it logits, never probabilities.</summary>
        /// <param name="target">Of the prediction's shape.</param>
        /// <param name="positiveWeight">The weight of targets of one.</param>
        /// <param name="reduction">What becomes of the elements.</param>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor BceWithLogits(Tensor target, double positiveWeight = 1, LossReduction reduction = LossReduction.Mean) =>
            ElementLosses.BceWithLogits.Run(prediction, target, new BinaryCrossEntropy(positiveWeight), reduction);
    }
}
