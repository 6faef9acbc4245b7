using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>The losses of single elements, one line each; their kernels say formula and source.</summary>
internal static class ElementLosses
{
    public static readonly ElementLossOp<AbsoluteError> L1 = new("l1_loss");
    public static readonly ElementLossOp<BinaryCrossEntropy> BceWithLogits = new("bce_with_logits", SampleValues.Bits, new BinaryCrossEntropy(1.5));
    public static readonly ElementLossOp<BinaryFocal> BinaryFocal = new("binary_focal", SampleValues.Bits, new BinaryFocal(0.3, 1.7));
    public static readonly ElementLossOp<HuberError> Huber = new("huber_loss", sample: new HuberError(0.7));
    public static readonly ElementLossOp<KlDivergence> KlDiv = new("kl_div", SampleValues.Distribution);
    public static readonly ElementLossOp<KlDivergence> KlDivLog = new("kl_div_log", sample: new KlDivergence(logTarget: true));
    public static readonly ElementLossOp<PoissonError> Poisson = new("poisson_nll", SampleValues.Positive, new PoissonError(true, true, 1e-8));
    public static readonly ElementLossOp<SquaredError> Mse = new("mse_loss");

    public static IEnumerable<Op> All => [L1, BceWithLogits, BinaryFocal, Huber, KlDiv, KlDivLog, Mse, Poisson];
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

        /// <summary>The focal loss of logits with targets in [0, 1]; formula: see <see cref="BinaryFocal"/>.</summary>
        /// <param name="target">Of the prediction's shape.</param>
        /// <param name="alpha">The weight of targets of one, 0 to 1, one less it that of zeros; negative for none.</param>
        /// <param name="gamma">How much is taken from what is right already, zero or more.</param>
        /// <param name="reduction">What becomes of the elements.</param>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor BinaryFocalLoss(Tensor target, double alpha = 0.25, double gamma = 2, LossReduction reduction = LossReduction.Mean) =>
            ElementLosses.BinaryFocal.Run(prediction, target, new BinaryFocal(alpha, gamma), reduction);

        /// <summary>t (ln t - x) of log-probabilities x and probabilities t, or e^t (t - x) where t are logarithms too.</summary>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor KlDivLoss(Tensor target, bool logTarget = false, LossReduction reduction = LossReduction.Mean, double factor = 1) =>
            (logTarget ? ElementLosses.KlDivLog : ElementLosses.KlDiv).Run(prediction, target, new KlDivergence(logTarget), reduction, factor);

        /// <summary>The negative log-likelihood of counts; formula: see <see cref="PoissonError"/>.</summary>
        /// <param name="target">The counts, of the prediction's shape.</param>
        /// <param name="logInput">Is the prediction the logarithm of the rate.</param>
        /// <param name="full">With Stirling's term, which has no gradient.</param>
        /// <param name="eps">Added to a rate below the logarithm.</param>
        /// <param name="reduction">What becomes of the elements.</param>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor PoissonNllLoss(Tensor target, bool logInput = true, bool full = false, double eps = 1e-8, LossReduction reduction = LossReduction.Mean) =>
            ElementLosses.Poisson.Run(prediction, target, new PoissonError(logInput, full, eps), reduction);

        /// <summary>The cross-entropy of a sigmoid with targets in [0, 1]: give it logits, never probabilities.</summary>
        /// <param name="target">Of the prediction's shape.</param>
        /// <param name="positiveWeight">The weight of targets of one.</param>
        /// <param name="reduction">What becomes of the elements.</param>
        /// <exception cref="ShapeException">Prediction and target have different shapes.</exception>
        public Tensor BceWithLogits(Tensor target, double positiveWeight = 1, LossReduction reduction = LossReduction.Mean) =>
            ElementLosses.BceWithLogits.Run(prediction, target, new BinaryCrossEntropy(positiveWeight), reduction);
    }
}
