using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// ℓ_n = -w_t x_nt, x the log-probabilities and t the class of row n; PyTorch's NLLLoss. Inputs: log-probabilities
/// (…, C), classes (…) in I64, maybe weights (C). The mean divides by Σ w of the classes that count.
/// </summary>
public sealed unsafe class NllLossOp() : ClassLossOp("log-probabilities")
{
    internal static readonly NllLossOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, long IgnoreIndex);

    public override string Name => "nll_loss";

    private protected override LossReduction ReductionOf(in OpArgs a) => a.Attributes<Use>().Reduction;

    private protected override LossReduction ReductionOf(ref OpShapes s) => s.Attributes<Use>().Reduction;

    private protected override void Losses<T>(in OpArgs a, T* losses)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        NegativeLogLikelihood.Forward((T*)x.Data, t.I64, Weights<T>(a), losses, t.Count, x.Shape[-1], use.IgnoreIndex);
    }

    private protected override void Gradient<T>(in OpArgs a, double scale)
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        NegativeLogLikelihood.Backward(t.I64, Weights<T>(a), (T*)a.OutputGrads[0].Data, use.Reduction == LossReduction.None,
            scale, (T*)a.InputGrads[0].Data, t.Count, x.Shape[-1], use.IgnoreIndex);
    }

    private protected override double MeanDivisor<T>(in OpArgs a) =>
        CrossEntropy.WeightSum(a.Inputs[1].I64, Weights<T>(a), a.Inputs[1].Count, a.Attributes<Use>().IgnoreIndex);

    public override IEnumerable<OpSample> Samples =>
    [
        new("mean", OpAttributes.Of(new Use(LossReduction.Mean, -100)), new SampleInput(new Shape(4, 3)), SampleInput.Indices(new Shape(4), 3)),
        new("weighted, one ignored", OpAttributes.Of(new Use(LossReduction.Mean, 0)), new SampleInput(new Shape(6, 3)), SampleInput.Indices(new Shape(6), 3),
            new SampleInput(new Shape(3), SampleValues.Positive, Grad: false)),
        new("each row", OpAttributes.Of(new Use(LossReduction.None, -100)), new SampleInput(new Shape(4, 3)), SampleInput.Indices(new Shape(4), 3)),
    ];
}

public static class NllLossExtensions
{
    extension(Tensor logProbabilities)
    {
        /// <summary>The negative log-likelihood of classes, given log-probabilities over the last dimension.</summary>
        /// <exception cref="ShapeException">The shapes do not fit.</exception>
        /// <exception cref="ArgumentOutOfRangeException">A class is not in 0 … C - 1.</exception>
        public unsafe Tensor NllLoss(Tensor target, Tensor weights = default, LossReduction reduction = LossReduction.Mean, long ignoreIndex = -100)
        {
            target = target.Contiguous();
            ref TensorRecord record = ref target.Record;
            if (record.DType == DType.I64 && ScopeFrame.Current?.Mode != Mode.Shapes)
                ClassRange.Check("NllLoss", (long*)record.Data, record.Shape.Count, logProbabilities.Shape[-1], ignoreIndex);
            OpAttributes attributes = OpAttributes.Of(new NllLossOp.Use(reduction, ignoreIndex));
            return weights.IsNone
                ? Dispatch.Run(NllLossOp.Instance, attributes, logProbabilities, target)
                : Dispatch.Run(NllLossOp.Instance, attributes, logProbabilities, target, weights);
        }
    }
}
