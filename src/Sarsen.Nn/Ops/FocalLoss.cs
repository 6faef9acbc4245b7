using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// The focal loss of log-probabilities (…, C) and classes (…) in I64, maybe weights (C); the formula stands with
/// <see cref="FocalLikelihood"/>. The mean divides by the number of rows that count, whatever their weights.
/// </summary>
public sealed unsafe class FocalLossOp : Op
{
    internal static readonly FocalLossOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, double Gamma, long IgnoreIndex);

    public override string Name => "focal_loss";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        if (x.DType is not (DType.F32 or DType.F64) || x.Shape.Rank < 1 || t.DType != DType.I64 || t.Shape != new Shape(x.Shape.AsSpan()[..^1]))
            throw new ShapeException($"FocalLoss: logits (…, C) and classes (…) in I64 expected, given {x.DType} {x.Shape} and {t.DType} {t.Shape}");
        if (s.Inputs.Length > 2 && (s.Inputs[2].Shape != new Shape(x.Shape[-1]) || s.Inputs[2].DType != x.DType))
            throw new ShapeException($"FocalLoss: class weights must be {x.DType} ({x.Shape[-1]}), given {s.Inputs[2].DType} {s.Inputs[2].Shape}");
        s.Output(x.DType, s.Attributes<Use>().Reduction == LossReduction.None ? t.Shape : new Shape());
        s.Workspace = t.Shape.Count * x.DType.Size();
    }

    public override void Forward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Forward<double>(a);
        else
            Forward<float>(a);
    }

    private static void Forward<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        bool none = use.Reduction == LossReduction.None;
        T* losses = (T*)(none ? a.Outputs[0].Data : a.Workspace);
        FocalLikelihood.Forward((T*)x.Data, t.I64, Weights<T>(a), losses, t.Count, x.Shape[-1], use.Gamma, use.IgnoreIndex);
        if (none)
            return;
        double sum = 0;
        for (long n = 0; n < t.Count; n++)
            sum += double.CreateTruncating(losses[n]);
        *(T*)a.Outputs[0].Data = T.CreateTruncating(sum / Divisor(a, use));
    }

    public override void Backward(in OpArgs a)
    {
        if (a.Inputs[0].DType == DType.F64)
            Backward<double>(a);
        else
            Backward<float>(a);
    }

    private static void Backward<T>(in OpArgs a) where T : unmanaged, INumber<T>
    {
        Use use = a.Attributes<Use>();
        (TensorView x, TensorView t) = (a.Inputs[0], a.Inputs[1]);
        FocalLikelihood.Backward((T*)x.Data, t.I64, Weights<T>(a), (T*)a.OutputGrads[0].Data, use.Reduction == LossReduction.None,
            1 / Divisor(a, use), (T*)a.InputGrads[0].Data, t.Count, x.Shape[-1], use.Gamma, use.IgnoreIndex);
    }

    private static T* Weights<T>(in OpArgs a) where T : unmanaged => a.Inputs.Length > 2 ? (T*)a.Inputs[2].Data : null;

    private static double Divisor(in OpArgs a, Use use) =>
        use.Reduction == LossReduction.Mean ? CrossEntropy.WeightSum(a.Inputs[1].I64, (float*)null, a.Inputs[1].Count, use.IgnoreIndex) : 1;

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
