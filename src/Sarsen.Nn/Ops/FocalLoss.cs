using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The focal loss of log-probabilities (…, C) and classes (…) in I64, maybe weights (C); the formula stands with
/// <see cref="FocalLikelihood"/>. The mean divides by the number of rows that count, whatever their weights.
/// </summary>
public sealed unsafe class FocalLossOp() : ClassLossOp("logits")
{
    internal static readonly FocalLossOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, double Gamma, long IgnoreIndex);

    public override string Name => "focal_loss";

    private protected override LossReduction ReductionOf(in OpArgs a) => a.Attributes<Use>().Reduction;

    private protected override LossReduction ReductionOf(ref OpShapes s) => s.Attributes<Use>().Reduction;

    private protected override void Losses<T>(in OpArgs a, T* losses)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        FocalLikelihood.Forward((T*)x.Data, t.I64, Weights<T>(a), losses, t.Count, x.Shape[-1], use.Gamma, use.IgnoreIndex);
    }

    private protected override void Gradient<T>(in OpArgs a, double scale)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        FocalLikelihood.Backward((T*)x.Data, t.I64, Weights<T>(a), (T*)a.OutputGrads[0].Data, use.Reduction == LossReduction.None,
            scale, (T*)a.InputGrads[0].Data, t.Count, x.Shape[-1], use.Gamma, use.IgnoreIndex);
    }

    private protected override double MeanDivisor<T>(in OpArgs a) =>
        CrossEntropy.WeightSum(a.Inputs[1].I64, (float*)null, a.Inputs[1].Count, a.Attributes<Use>().IgnoreIndex);

    public override IEnumerable<OpSample> Samples =>
    [
        new("mean", OpAttributes.Of(new Use(LossReduction.Mean, 2, -100)), Logarithms(new Shape(4, 3)), SampleInput.Indices(new Shape(4), 3)),
        new("weighted, one ignored", OpAttributes.Of(new Use(LossReduction.Mean, 0.5, 0)), Logarithms(new Shape(6, 3)), SampleInput.Indices(new Shape(6), 3),
            new SampleInput(new Shape(3), SampleValues.Positive, Grad: false)),
        new("each row", OpAttributes.Of(new Use(LossReduction.None, 0, -100)), Logarithms(new Shape(4, 3)), SampleInput.Indices(new Shape(4), 3)),
    ];

    private static SampleInput Logarithms(Shape shape) => new(shape, SampleValues.Negative);
}

public static class FocalLossExtensions
{
    extension(Tensor logits)
    {
        /// <summary>The focal loss of the softmax over the last dimension: give it logits, never probabilities.</summary>
        /// <param name="target">Classes (…) in I64.</param>
        /// <param name="gamma">How much is taken from what is right already, zero or more: 0 is cross-entropy.</param>
        /// <param name="weights">A weight for each class, (C): the paper's α; none for ones.</param>
        /// <param name="reduction">What becomes of the rows; the mean does not divide by the weights.</param>
        /// <param name="ignoreIndex">Rows of this class do not count.</param>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A class is not in 0 … C - 1, or gamma is negative.</exception>
        public unsafe Tensor FocalLoss(Tensor target, double gamma = 2, Tensor weights = default, LossReduction reduction = LossReduction.Mean, long ignoreIndex = -100)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(gamma);
            target = target.Contiguous();
            ref TensorRecord record = ref target.Record;
            if (record.DType == DType.I64 && ScopeFrame.Current?.Mode != Mode.Shapes)
                ClassRange.Check("FocalLoss", (long*)record.Data, record.Shape.Count, logits.Shape[-1], ignoreIndex);
            OpAttributes attributes = OpAttributes.Of(new FocalLossOp.Use(reduction, gamma, ignoreIndex));
            Tensor log = logits.LogSoftmax();
            return weights.IsNone
                ? Dispatch.Run(FocalLossOp.Instance, attributes, log, target)
                : Dispatch.Run(FocalLossOp.Instance, attributes, log, target, weights);
        }
    }
}
