using System.Numerics;
using Sarsen.Nn.Autograd;
using Sarsen.Tensors;
using Sarsen.Tensors.Kernels;

namespace Sarsen.Nn.Ops;

/// <summary>
/// ℓ_n = -w_t x_nt, x the log-probabilities and t the class of row n; PyTorch's NLLLoss. Inputs: log-probabilities
/// (…, C), classes (…) in I64, maybe weights (C). The mean divides by Σ w of the classes that count.
/// </summary>
public sealed unsafe class NllLossOp : Op
{
    internal static readonly NllLossOp Instance = new();

    internal readonly record struct Use(LossReduction Reduction, long IgnoreIndex);

    public override string Name => "nll_loss";

    public override void Infer(ref OpShapes s)
    {
        (TensorInfo x, TensorInfo t) = (s.Inputs[0], s.Inputs[1]);
        if (x.DType is not (DType.F32 or DType.F64) || x.Shape.Rank < 1 || t.DType != DType.I64 || t.Shape != new Shape(x.Shape.AsSpan()[..^1]))
            throw new ShapeException($"NllLoss: log-probabilities (…, C) and classes (…) in I64 expected, given {x.DType} {x.Shape} and {t.DType} {t.Shape}");
        if (s.Inputs.Length > 2 && (s.Inputs[2].Shape != new Shape(x.Shape[-1]) || s.Inputs[2].DType != x.DType))
            throw new ShapeException($"NllLoss: class weights must be {x.DType} ({x.Shape[-1]}), given {s.Inputs[2].DType} {s.Inputs[2].Shape}");
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
        NegativeLogLikelihood.Forward((T*)x.Data, t.I64, Weights<T>(a), losses, t.Count, x.Shape[-1], use.IgnoreIndex);
        if (none)
            return;
        double sum = 0;
        for (long n = 0; n < t.Count; n++)
            sum += double.CreateTruncating(losses[n]);
        *(T*)a.Outputs[0].Data = T.CreateTruncating(sum / Divisor<T>(a, use));
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
        NegativeLogLikelihood.Backward(t.I64, Weights<T>(a), (T*)a.OutputGrads[0].Data, use.Reduction == LossReduction.None,
            1 / Divisor<T>(a, use), (T*)a.InputGrads[0].Data, t.Count, x.Shape[-1], use.IgnoreIndex);
    }

    private static T* Weights<T>(in OpArgs a) where T : unmanaged => a.Inputs.Length > 2 ? (T*)a.Inputs[2].Data : null;

    private static double Divisor<T>(in OpArgs a, Use use) where T : unmanaged, INumber<T> =>
        use.Reduction == LossReduction.Mean ? CrossEntropy.WeightSum(a.Inputs[1].I64, Weights<T>(a), a.Inputs[1].Count, use.IgnoreIndex) : 1;

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
